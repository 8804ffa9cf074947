"""Invisible characters that the spelling of some languages needs. Pure.

Joiners are allowed where UAX #31 and UTS #39 (3.1.1) allow them, in scripts whose letters join or form
conjuncts. Elsewhere they would make different names that look the same. Some languages need more than these
rules allow; each addition names the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

ZWNJ, ZWJ = "\u200c", "\u200d"

_JOINING = ("Arabic", "Syriac", "Mandaic", "Nko", "Adlam", "Hanifi_Rohingya")
_CONJUNCT = (
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
)
_JOINS = r"[\p{Joining_Type=D}\p{Joining_Type=L}\p{Joining_Type=R}]"
_THROUGH = r"[\p{Joining_Type=T}&&\p{M}]*"  # marks, through which letters join
_MARKS = r"[\p{Mn}--\p{ccc=0}]*"


def _between_joining_letters() -> Iterator[str]:
    """UAX #31, A1. Urdu writes it also after letters that never join the next one."""
    for script in _JOINING:
        letter = rf"[\p{{scx={script}}}&&{_JOINS}]"
        yield rf"(?<={letter}{_THROUGH}){ZWNJ}(?={letter})"


def _in_conjuncts() -> Iterator[str]:
    """UAX #31, A2 and B: after a virama."""
    for script in _CONJUNCT:
        letter = rf"[\p{{L}}&&\p{{scx={script}}}]"
        before = rf"{letter}\p{{M}}*[\p{{ccc=Virama}}&&\p{{scx={script}}}]{_MARKS}"
        yield rf"(?<={before}){ZWNJ}(?={_MARKS}{letter})"
        yield rf"(?<={before}){ZWJ}(?!\p{{Indic_Syllabic_Category=Vowel_Dependent}})"


_NEEDED_PATTERNS = (
    *_between_joining_letters(),
    *_in_conjuncts(),
    # The ya-phalaa of Bengali, as in Rachel, and its like in Kannada: Unicode, 12.2 and 12.8.
    rf"(?<=\u09B0){ZWJ}(?=\u09CD\p{{scx=Bengali}})",
    rf"(?<=\u0CB0){ZWJ}(?=\u0CCD\p{{scx=Kannada}})",
    # Khmer, before a sign that would be drawn below otherwise: Unicode, 16.4.
    rf"(?<=\p{{scx=Khmer}}){ZWNJ}(?=[\u17C9\u17CA])",
    # Between emoji: families, professions, flags.
    rf"(?<=\p{{Extended_Pictographic}}[\uFE0F\p{{Emoji_Modifier}}]?){ZWJ}(?=\p{{Extended_Pictographic}})",
    # Emoji with a text presentation; keycaps; ideographs, which have variants in names.
    r"(?<=[\p{Emoji}--\p{Emoji_Presentation}--\p{Emoji_Component}])[\uFE0E\uFE0F]",
    r"(?<=[0-9#*])\uFE0F(?=\u20E3)",
    r"(?<=\p{Unified_Ideograph})[\uFE00-\uFE02\U000E0100-\U000E01EF]",
    # Flags of parts of countries, as "gbeng": UTS #51, ED-14a, with subdivisions as in ISO 3166-2.
    r"(?<=\U0001F3F4)[\U000E0061-\U000E007A]{2}[\U000E0030-\U000E0039\U000E0061-\U000E007A]{1,3}\U000E007F",
)
_NEEDED = regex.compile("|".join(_NEEDED_PATTERNS), regex.V1)

# Invisible additions of keyboards: a presentation selector without effect, a joiner at a word's end or twice.
_USELESS = regex.compile(
    r"(?<![\p{Emoji}--\p{Emoji_Presentation}--\p{Emoji_Component}])[\uFE0E\uFE0F](?!\u20E3)"
    rf"|(?<=[{_JOINS}\p{{ccc=Virama}}]){ZWNJ}+(?=\s|\Z)"
    rf"|{ZWNJ}(?={ZWNJ})",
    regex.V1,
)
_INVISIBLE = re.compile(r"[\u200C\u200D\uFE00-\uFE0F\U000E0000-\U000E01EF]")  # most names have none
_JOINERS = str.maketrans("", "", ZWNJ + ZWJ)


def remove_useless(text: str) -> str:
    """The text without invisible characters that have no effect in their places."""
    return str(_USELESS.sub("", text)) if _INVISIBLE.search(text) else text


def remove_needed(text: str) -> str:
    """The text without invisible characters that spelling needs. Any others that it has must be refused."""
    return str(_NEEDED.sub("", text)) if _INVISIBLE.search(text) else text


def remove_joiners(text: str) -> str:
    """The text without joiners. User names are compared without them."""
    return text.translate(_JOINERS)
