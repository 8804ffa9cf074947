"""Rules that more than one row of the table uses. Each makes a check: it returns a complaint, or ""."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.settings.row import Check, Given


def must(rule: str, holds: Callable[[Any], bool]) -> Check:
    """The value must keep the rule; `holds` tells whether it does."""

    def check(given: Given) -> str:
        return "" if holds(given.value) else given.must(rule)

    return check


def at_least(least: int) -> Check:
    """A number must not be lower."""
    return must(f"be at least {least}", lambda value: value >= least)


def between(least: int, most: int) -> Check:
    """A number must be in a range, ends included."""
    return must(f"be a whole number from {least} to {most}", lambda value: least <= value <= most)


def characters(least: int) -> Check:
    """A secret must be long enough."""
    return must(f"have at least {least} characters", lambda value: len(value) >= least)


def starts_with(*prefixes: str) -> Check:
    """A URL must have one of these schemes."""
    return must(f"begin with {either(prefixes)}", lambda value: value.startswith(prefixes))


def one_of(*words: str) -> Check:
    """The value must be one of these words, as they are spelled."""
    return must(f"be {either(words)}", lambda value: value in words)


def one_of_in_any_case(*words: str) -> Check:
    """The value must be one of these words, in upper or lower case."""
    return must(f"be {either(words)}", lambda value: value.upper() in words)


def either(words: tuple[str, ...]) -> str:
    """Words as a sentence lists them: a, b or c."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


on_or_off = one_of("on", "off")
existing_file = must("be a file that exists", lambda value: Path(value).is_file())
