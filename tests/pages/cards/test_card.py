"""The texts of cards, and their sizes."""

from __future__ import annotations

from scoreboard.pages.cards.card import drawable_name, isolate, size


def test_a_long_text_is_smaller_and_never_too_small():
    sizes = [size("x" * length, width=600, largest=72, least=40) for length in (1, 13, 20, 100)]

    assert sizes == [72, 72, 50, 40]


def test_wide_characters_count_more_and_accents_count_nothing():
    assert size("漢" * 10, width=600, largest=99, least=1) == 60
    accents = "e\N{COMBINING ACUTE ACCENT}" * 10
    assert size(accents, width=600, largest=200, least=1) == size("e" * 10, width=600, largest=200, least=1)


def test_a_player_is_shown_by_id_if_no_font_has_the_name():
    assert drawable_name(str.isascii, "Ada", "p1") == "Ada"
    assert drawable_name(str.isascii, "Ада", "p1") == "p1"


def test_the_direction_of_a_text_is_isolated():
    assert isolate("a") == "\u2068a\u2069"
    assert isolate("a", rtl=True) == "\u2067a\u2069"
