"""Checks that several rows of the settings table use. A check returns an error message, or ""."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.settings.row import Check, Given


def must(rule: str, holds: Callable[[Any], bool]) -> Check:
    """A check by a rule: `rule` is its text for the message, `holds` tells whether a value keeps it."""

    def check(given: Given) -> str:
        return "" if holds(given.value) else given.must(rule)

    return check


def at_least(least: int) -> Check:
    """A number must be `least` or greater."""
    return must(f"be at least {least}", lambda value: value >= least)


def between(least: int, most: int) -> Check:
    """A number must be in a range that includes both ends."""
    return must(f"be a whole number from {least} to {most}", lambda value: least <= value <= most)


def characters(least: int) -> Check:
    """A secret must be long enough."""
    return must(f"have at least {least} characters", lambda value: len(value) >= least)


def starts_with(*prefixes: str) -> Check:
    """A text must start with one of these prefixes."""
    return must(f"begin with {either(prefixes)}", lambda value: value.startswith(prefixes))


def one_of(*words: str) -> Check:
    """The value must be one of these words, in exactly this spelling."""
    return must(f"be {either(words)}", lambda value: value in words)


def one_of_in_any_case(*words: str) -> Check:
    """The value must be one of these words, in upper or lower case."""
    return must(f"be {either(words)}", lambda value: value.upper() in words)


def either(words: tuple[str, ...]) -> str:
    """Words as a list in a sentence: a, b or c."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


on_or_off = one_of("on", "off")
existing_file = must("be a file that exists", lambda value: Path(value).is_file())
