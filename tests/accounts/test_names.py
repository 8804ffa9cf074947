# ruff: noqa: RUF001 - these tests need letters that look alike
"""Display names: names of all scripts are accepted, texts that deceive are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

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
    "Persian, half-space": "علی\u200cرضا",
    "Urdu, half-space after a letter that does not join": "بے\u200cنظیر",
    "Persian, half-space after a mark": "مُحَمَّد\u200cعلی",
    "Hindi, a half letter": "क्\u200dष",
    "Hindi, an explicit virama": "क्\u200cष",
    "Bengali, ya-phalaa": "র\u200d্যাচেল",
    "Kannada, between two parts": "ರಾಜ್\u200cಕುಮಾರ್",
    "Malayalam, chillu of before": "പ്രവീണ്\u200d",
    "Sinhala, conjunct": "ශ්\u200dරී",
    "Khmer, joiner before a shifter": "ប\u200c៊ី",
    "Burmese, four signs on a letter": "က\u103c\u103d\u1031\u1038",
    "Burmese, five signs on a letter": "\u101c\u103b\u103e\u102d\u102f\u1037",
    "Burmese, seven signs on a letter": "ကျွန်ုပ်",
    "Tibetan": "བརྒྱད་པ",
    "Hebrew with points": "שָׁלוֹם",
    "Arabic with vowels": "مُحَمَّدٌ",
    "Vietnamese": "Nguyễn Thị Ngọc",
    "Greek with three accents": "ᾧδε",
    "an ideograph in the variant of a family": "葛\U000e0100城",
    "flag of a part of a country": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a flag and a state of the US": "\U0001f3f4\U000e0075\U000e0073\U000e0063\U000e0061\U000e007f 🇺🇸",
    "a keycap": "1️⃣",
    "an emoji in black and white": "☂︎",
    "a pirate": "🏴‍☠️",
    "letters of mathematics": "𝓐𝓭𝓪",
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
    "a joiner after a letter that joins none": "a\u200cb",
    "a joiner between scripts": "علی\u200cAda",
    "a joiner at the beginning": "\u200cعلی",
    "a joiner without a virama": "क\u200dष",
    "a joiner before a vowel sign": "क्\u200dि",
    "a joiner between letters of Thai": "ก\u200cข",
    "two joiners": "क्\u200d\u200dष",
    "a variant of a letter": "A\U000e0100",
    "two variants of an ideograph": "葛\U000e0100\U000e0101",
    "a flag without an end": "\U0001f3f4\U000e0067\U000e0062\U000e0065",
    "a flag that says more": "\U0001f3f4" + "".join(map(chr, range(0xE0061, 0xE006B))) + "\U000e007f",
    "tags on another emoji": "😀\U000e0067\U000e0062\U000e0065\U000e007f",
    "five marks without room": "ก\u0e31\u0e34\u0e38\u0e47\u0e48",
    "nine marks in all": "က" + "\u102b\u1031" * 5,
    "the same mark twice": "ก็็",
    "a mark first": "\u0301Ada",
    "a mark after a space": "Ada \u0301",
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
    with pytest.raises(Refused) as error:
        display_name(name)

    assert error.value.code == "invalid_display_name"


SPELLINGS = {
    "an accent typed apart": ("Ade\u0300le", "Adèle"),
    "full width": ("Ａｄａ", "Ada"),
    "half width": ("ｶﾅ", "カナ"),
    "the space of a Japanese keyboard": ("山田\u3000太郎", "山田 太郎"),
    "two spaces": (" Ada  Lovelace ", "Ada Lovelace"),
    "colour for what has no choice": ("Ada\ufe0f", "Ada"),
    "colour for what is coloured": ("⭐️", "⭐"),
    "black and white for what is so": ("☆\ufe0e", "☆"),
    "a half-space at the end": ("علی\u200c", "علی"),
    "a half-space beside a space": ("می\u200c روم", "می روم"),
    "a half-space twice": ("علی\u200c\u200cرضا", "علی\u200cرضا"),
    "a joiner after the last virama": ("రవిచంద్రన్\u200c", "రవిచంద్రన్"),
}


@pytest.mark.parametrize(("text", "name"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_name_is_stored_in_one_spelling(text, name):
    assert display_name(text) == name
    assert display_name(name) == name


@settings(deadline=None)
@given(st.text(max_size=32))
def test_a_name_that_is_shown_is_taken_again(text):
    try:
        name = display_name(text)
    except Refused:
        reject()

    assert display_name(name) == name


def test_a_long_attack_is_refused_quickly():
    with pytest.raises(Refused):
        display_name("e\u0301" * 500_000)
