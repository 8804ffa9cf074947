"""Numbers as readers of each language write them. Pure.

Browsers have these rules (Intl.NumberFormat), Python has not; a test compares them. Digits are 0 to 9 in
every language: ranks, scores and what is copied look the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from scoreboard.boards.types import Definition

MINUTE = 60
THREES = re.compile(r"(?=(?:\d{3})+\Z)")
LAKHS = re.compile(r"(?=(?:\d{2})*\d{3}\Z)")  # 12,34,567
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


class NumberStyle(NamedTuple):
    """The signs and groups by which a language writes numbers."""

    point: str = "."
    separator: str = ","  # between groups of digits, in sentences
    groups: re.Pattern[str] = THREES
    min_digits: int = 4  # shorter numbers are not grouped
    minus: str = "-"


STYLES: Mapping[str, NumberStyle] = {
    "en": NumberStyle(),
    "de": NumberStyle(",", "."),
    "es": NumberStyle(",", ".", min_digits=5),
    "fr": NumberStyle(",", NARROW_SPACE),
    "pt-BR": NumberStyle(",", "."),
    "ja": NumberStyle(),
    "zh-Hans": NumberStyle(),
    "hi": NumberStyle(groups=LAKHS),
    "ar": NumberStyle(minus="\N{LEFT-TO-RIGHT MARK}-"),  # the sign stays on the left of the digits
}
ENGLISH = STYLES["en"]


def digits(value: int, decimals: int = 0, style: NumberStyle = ENGLISH) -> list[str]:
    """A number in groups of digits. CSS sets them apart, so that a copied number is still a number."""
    sign, whole, part = _split(value, decimals, style)
    groups = _group(whole, style)
    groups[0] = sign + groups[0]
    groups[-1] += part
    return groups


def scored(value: int, rules: Definition, style: NumberStyle = ENGLISH) -> list[str]:
    """A score as its board shows it. A minute or more is written as on a clock: 83.456 s is 1:23.456."""
    sign, whole, part = _split(value, rules.decimals, style)
    seconds = int(whole)
    if rules.unit != "s" or seconds < MINUTE:
        return digits(value, rules.decimals, style)
    minutes, rest = divmod(seconds, MINUTE)
    hours, minutes_rest = divmod(minutes, MINUTE)
    clock = f"{hours}:{minutes_rest:02}" if hours else f"{minutes}"
    return [f"{sign}{clock}:{rest:02}{part}"]


def number_text(value: int, style: NumberStyle) -> str:
    """A whole number in one string, for sentences."""
    return style.separator.join(digits(value, 0, style))


def _group(whole: str, style: NumberStyle) -> list[str]:
    if len(whole) < style.min_digits:
        return [whole]
    return [group for group in style.groups.split(whole) if group]


def _split(value: int, decimals: int, style: NumberStyle) -> tuple[str, str, str]:
    whole, part = divmod(abs(value), 10**decimals)
    sign = style.minus if value < 0 else ""
    return sign, str(whole), f"{style.point}{part:0{decimals}}" if decimals else ""
