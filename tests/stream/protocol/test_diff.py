"""Differences of lists, and their application."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.stream.protocol.diff import apply, checksum, difference, fields
from scoreboard.stream.protocol.types import Line

rows = st.builds(
    Line,
    id=st.sampled_from("abcdefghij"),
    n=st.sampled_from(["Ada", "ada", "é"]),
    s=st.integers(-3, 3),
    c=st.sampled_from([(), (1, 2), (0, 0)]),
    m=st.sampled_from([None, {"team": "Red"}, {"team": "Blue"}]),
)
lists = st.lists(rows, max_size=10, unique_by=lambda line: line.id)


def line(id, score=0, **more):
    return Line(id=id, n=id.upper(), s=score, **more)


@given(lists, lists)
def test_a_difference_makes_the_new_list_of_the_old_one(old, new):
    received = json.loads(json.dumps(difference(old, new)))

    assert apply(old, received) == new


@given(lists)
def test_between_equal_lists_there_is_no_difference(same):
    assert difference(same, same) == {"rm": [], "up": []}


@given(lists, lists)
def test_a_difference_leaves_out_players_that_neither_moved_nor_changed(old, new):
    change = difference(old, new)
    listed = {entry["id"] for _, entry in change["up"]}
    unchanged = [one for one in old if one.id not in listed and one.id not in change["rm"]]

    assert unchanged == [one for one in new if one.id not in listed]


def test_a_new_leader_is_one_change_for_any_number_of_rows():
    old = [line(id) for id in "abcdefgh"]

    assert difference(old, [old[-1], *old[:-1]]) == {"rm": [], "up": [[0, {"id": "h"}]]}


def test_a_known_player_is_sent_with_changed_fields_only():
    assert difference([line("a", 1)], [line("a", 2)])["up"] == [[0, {"id": "a", "s": 2}]]


def test_a_new_player_is_sent_with_the_whole_row():
    assert difference([], [line("a", 1, c=(7,))])["up"] == [[0, {"id": "a", "n": "A", "s": 1, "c": (7,)}]]


def test_shown_metadata_travels_with_a_new_player_and_when_it_changes():
    red, blue = {"team": "Red"}, {"team": "Blue"}

    assert difference([], [line("a", m=red)])["up"][0][1]["m"] == red
    assert difference([line("a", m=red)], [line("a", m=blue)])["up"] == [[0, {"id": "a", "m": blue}]]
    assert difference([line("a", m=red)], [line("a")])["up"] == [[0, {"id": "a", "m": None}]]
    assert "m" not in fields(line("a"))


def test_a_player_that_left_is_removed():
    assert difference([line("a"), line("b")], [line("b")]) == {"rm": ["a"], "up": []}


def test_a_change_of_another_list_is_noticed():
    with pytest.raises(KeyError):
        apply([line("a")], {"rm": [], "up": [[0, {"id": "b", "s": 1}]]})


@pytest.mark.parametrize(
    ("lines", "crc"),
    [
        ([], "00000000"),
        ([line("ada", 10), line("bob", 9)], "ac0c86d0"),
        ([line("z\u00fc", -(2**53) + 1)], "2a9398a7"),
    ],
)
def test_the_checksum_is_crc_32_of_ids_and_scores(lines, crc):
    assert checksum(lines) == crc


@given(lists)
def test_names_and_columns_are_not_in_the_checksum(same):
    renamed = [Line(id=one.id, n="other", s=one.s, c=(9,)) for one in same]

    assert checksum(renamed) == checksum(same)


def test_a_line_without_columns_is_sent_without_them():
    assert fields(line("a", 1)) == {"id": "a", "n": "A", "s": 1}
