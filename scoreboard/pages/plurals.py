"""The plural form of a text for a number: CLDR's rules for whole numbers. Pure.

Browsers have these rules (Intl.PluralRules), Python has not. A test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

MILLION = 1_000_000  # exact millions have a form of their own: "un millón de puntos"


def _always_other(number: int) -> str:
    return "other"


def _one(number: int) -> str:
    return "one" if number == 1 else "other"


def _none_or_one(number: int) -> str:
    return "one" if number in (0, 1) else "other"


def _with_millions(rule: Callable[[int], str]) -> Callable[[int], str]:
    return lambda number: "many" if number and number % MILLION == 0 else rule(number)


def _arabic(number: int) -> str:
    if number in (0, 1, 2):
        return ("zero", "one", "two")[number]
    rest = number % 100
    return "other" if rest < 3 else "few" if rest <= 10 else "many"


RULES: Mapping[str, Callable[[int], str]] = {
    "en": _one,
    "de": _one,
    "es": _with_millions(_one),
    "fr": _with_millions(_none_or_one),
    "pt-BR": _with_millions(_none_or_one),
    "ja": _always_other,
    "zh-Hans": _always_other,
    "hi": _none_or_one,
    "ar": _arabic,
}


def plural(language: str, number: int) -> str:
    """The plural category of a number, such as "one" or "few"."""
    return RULES[language](abs(number))
