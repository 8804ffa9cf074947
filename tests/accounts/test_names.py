"""Display names: what people are called, and what only looks like it."""

from __future__ import annotations

import pytest

from scoreboard.accounts.rules import display_name
from scoreboard.core.errors import Refused

GOOD = {
    "plain": "Ada Lovelace",
    "one letter": "A",
    "one digit": "7",
    "German": "Jürgen Müßig",
    "Chinese": "王小明",
    "Arabic, right to left": "محمد بن سلمان",
    "Hebrew, right to left": "דוד בן־גוריון",
    "Hindi": "श्रीनिवास",
    "Thai, with two marks on a letter": "ปิ่นเกล้า",
    "Korean": "김민준",
    "punctuation": "O'Brien-Smith, Jr.",
    "an emoji": "😀",
    "a heart in colour": "❤️",
    "a family of four": "👨‍👩‍👧‍👦",
    "a technician with a skin tone": "👩🏽‍💻",
    "a rainbow flag": "🏳️‍🌈",
    "a country's flag": "🇩🇪",
    "32 wide characters": "王" * 32,
    "32 emoji": "😀" * 32,
    "25 families": "👨‍👩‍👧" * 25,
}
BAD = {
    "nothing": "",
    "spaces": "   ",
    "wide spaces": "\u3000\u2003",
    "33 characters": "a" * 33,
    "33 wide characters": "王" * 33,
    "257 code points": "e\u0301\u0302" * 86,
    "NUL": "a\0b",
    "a line's end": "a\nb",
    "a tab": "a\tb",
    "an escape": "\x1b[31mred",
    "a C1 control": "a\x85b",
    "right-to-left override": "abc\u202egnp.exe",
    "left-to-right isolate": "\u2066abc\u2069",
    "left-to-right mark": "abc\u200e",
    "a zero-width space": "a\u200bb",
    "a zero-width joiner between letters": "a\u200db",
    "a joiner after an emoji": "😀\u200d",
    "a joiner before an emoji": "\u200d😀",
    "two joiners between emoji": "👨\u200d\u200d👩",
    "a word joiner": "a\u2060b",
    "a byte order mark": "\ufeffabc",
    "a soft hyphen": "a\u00adb",
    "a line separator": "a\u2028b",
    "a Hangul filler": "\u3164",
    "private use": "\ue000",
    "unassigned": "\U000e0080",
    "a noncharacter": "a\uffff",
    "a lone surrogate": "a\ud800",
    "language tags": "abc\U000e0041\U000e0042",
    "marks piled up": "Z" + "\u0351\u0352\u0357\u035a",
    "marks without a letter": "\u0301",
    "only a variation selector": "\ufe0f",
    "a blank of Braille": "\u2800",
    "an invisible joiner of graphemes": "a\u034fb",
    "an invisible Khmer vowel": "a\u17b5b",
}


@pytest.mark.parametrize("name", GOOD.values(), ids=GOOD.keys())
def test_a_name_of_people_or_pictures_is_taken_as_it_is(name):
    assert display_name(name) == name


@pytest.mark.parametrize("name", BAD.values(), ids=BAD.keys())
def test_a_name_that_hides_something_is_refused(name):
    with pytest.raises(Refused) as refused:
        display_name(name)

    assert refused.value.code == "invalid_display_name"


def test_a_long_attack_is_refused_quickly():
    with pytest.raises(Refused):
        display_name("e\u0301" * 500_000)
