"""The keys by which names are searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.boards.search.keys import LAST, MAX_LENGTH, is_long_enough, search_key


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("Ada", "aD"),
        ("Émilie", "emi"),
        ("Zoe\u0301", "ZOÉ"),
        ("Łukasz Żal", "lukasz z"),
        ("Søren", "sor"),
        ("Großmann", "GROSSM"),
        ("İpek", "ipek"),
        ("Ålesund", "al"),
        ("Ὀδυσσεύς", "οδυσ"),
        ("Йогурт", "йог"),
        ("\uff21\uff22\uff23", "abc"),
        ("김철수", "김"),
        ("김철수", "기"),  # the syllable that is being typed
        ("王小明", "王"),
        ("がんば", "が"),
        ("مُحَمَّد", "محمد"),
        ("नमस्ते", "नम"),
        ("Grace   Hopper", "grace h"),
        ("a\u200db", "ab"),
    ],
)
def test_a_name_is_found_without_regard_to_case_accents_and_width(name, search):
    assert search_key(name).startswith(search_key(search))


@pytest.mark.parametrize(
    ("name", "search"), [("Ada", "da"), ("कर्ण", "क़"), ("がんば", "か\u3093"), ("Otto", "Ö\u0308x")]
)
def test_other_letters_are_not_found(name, search):
    assert not search_key(name).startswith(search_key(search))


@given(st.text())
def test_a_key_is_short_visible_and_sorted_before_the_end_of_a_search(name):
    key = search_key(name)

    assert len(key) <= MAX_LENGTH
    assert "\0" not in key
    assert key == search_key(key)
    assert not key or key[:2] <= key < key[:2] + LAST or LAST in key


@pytest.mark.parametrize("text", ["ad", "é1", "王", "か", "김", "ﬀ"])
def test_two_letters_can_be_searched_for_or_one_that_is_a_word(text):
    assert is_long_enough(text)


@pytest.mark.parametrize("text", ["", "a", " a ", "é", "\u200d\u200d", "\0\0"])
def test_shorter_texts_cannot_be_searched_for(text):
    assert not is_long_enough(text)
