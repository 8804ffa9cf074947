"""Query parameters of pages: bad values become defaults."""

from __future__ import annotations

import pytest

from scoreboard.pages import params


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", 1), ("999", 20), ("", 5), ("-3", 5), ("7.5", 5), ("٣", 5), ("9" * 400, 5)],
)
def test_a_number_stays_within_its_bounds(text, number):
    assert params.number({"rows": text}, "rows", 5, least=1, most=20) == number


def test_a_word_that_is_unknown_is_the_first_one():
    assert params.one_of({"theme": "light"}, "theme", ("dark", "light")) == "light"
    assert params.one_of({"theme": "pink"}, "theme", ("dark", "light")) == "dark"
    assert params.one_of({}, "theme", ("dark", "light")) == "dark"


def test_words_with_other_characters_are_left_out():
    args = {"hide": 'rank,score  "><b> trend UP'}

    assert params.words(args, "hide") == ["rank", "score", "trend"]
