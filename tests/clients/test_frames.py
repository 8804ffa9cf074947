"""Boards after frames, as the Python client applies them. Pure."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from scoreboard_client.changes import Me, StreamState
from scoreboard_client.frames import Board, Line, Lost, apply, checksum, ranks

from scoreboard.stream.protocol import diff, types
from tests.lists import TIES, delta, random_lines, rank_lines, snapshot

ADA, BOB, EVE = (
    types.Line(id=name, n=name.title(), s=score, c=(0, 1))
    for name, score in (("ada", 3), ("bob", 2), ("eve", 1))
)
AT = "2026-01-01T00:00:01.000Z"


def lists():
    """The pairs of lists that the browser's modules are tested on."""
    chance = random.Random(8)
    return [(random_lines(chance), random_lines(chance)) for _ in range(300)]


def full_snapshot(*lines, **more):
    return snapshot(lines) | {"at": AT, "why": "initial"} | more


def next_delta(old, new, **more):
    return delta(old, new) | {"at": AT, "id": "7-2"} | more


def state_after(*frames):
    """The state after frames, and the change that the last one made."""
    state, change = StreamState(), None
    for frame in frames:
        change = state.take(frame)
    return state, change


def names(rows):
    return [row.player for row in rows]


def test_the_client_makes_the_same_list_of_a_delta():
    for old, new in lists():
        board = apply(apply(Board(scope="main"), full_snapshot(*old)), next_delta(old, new))

        assert board.lines == tuple(Line(line.id, line.n, line.s, line.c, line.m) for line in new)
        assert checksum(board.lines) == board.crc == diff.checksum(new)


def test_the_client_ranks_as_the_tie_rules_say():
    for _, new in lists():
        board = apply(Board(scope="main"), full_snapshot(*new))

        assert [ranks(replace(board, ties=rule)) for rule in TIES] == [rank_lines(new, rule) for rule in TIES]


def test_a_change_names_the_players_that_came_left_or_scored():
    for old, new in lists():
        if old == new:
            continue
        _, change = state_after(full_snapshot(*old), next_delta(old, new))
        before, now = ({line.id: (line.s, line.c) for line in lines} for lines in (old, new))

        assert set(names(change.came)) == now.keys() - before.keys()
        assert set(names(change.gone)) == before.keys() - now.keys()
        assert {row.player for _, row in change.rescored} == {
            player for player in now.keys() & before.keys() if now[player] != before[player]
        }
        assert all(was.rank != row.rank and was.player == row.player for was, row in change.moved)


def test_the_first_state_is_all_new():
    _, change = state_after(full_snapshot(ADA, BOB, tot=9))

    assert (change.scope, change.period, change.total, change.why) == ("main", "all", 9, "initial")
    assert change.rows == change.came
    assert (change.rows[1].rank, change.rows[1].display_name) == (2, "Bob")
    assert (change.rows[1].score, change.rows[1].columns) == (2, {"a": 0, "b": 1})
    assert (change.gone, change.moved, change.rescored) == ((), (), ())


def test_a_change_has_the_rows_that_came_left_moved_and_scored():
    winner = types.Line(id="bob", n="Bob", s=5, c=(0, 1))
    _, change = state_after(full_snapshot(ADA, BOB), next_delta([ADA, BOB], [winner, EVE]))

    assert names(change.rows) == ["bob", "eve"]
    assert (names(change.came), names(change.gone)) == (["eve"], ["ada"])
    assert [(was.rank, now.rank) for was, now in change.moved] == [(2, 1)]
    assert [(was.score, now.score) for was, now in change.rescored] == [(2, 5)]


def test_a_snapshot_of_the_present_state_is_no_change():
    _, change = state_after(
        full_snapshot(ADA), full_snapshot(ADA, s=5, why="epoch", id="9-5", at="2026-01-01T00:00:09.000Z")
    )

    assert change is None


def test_another_period_is_a_change_even_without_ranked_players():
    _, change = state_after(full_snapshot(), full_snapshot(period="2026-01-02", why="reset"))

    assert (change.period, change.why, change.rows) == ("2026-01-02", "reset", ())


def test_a_frame_that_came_before_is_ignored():
    state, change = state_after(
        full_snapshot(ADA), next_delta([ADA], [ADA, BOB]), next_delta([ADA], [ADA, BOB])
    )

    assert change is None
    assert names_of(state) == ["ada", "bob"]


@pytest.mark.parametrize(
    "frame",
    [
        next_delta([ADA], [ADA, BOB], p=2, s=3),
        next_delta([ADA], [ADA, BOB], crc="00000000"),
        next_delta([ADA], [ADA, BOB], b="other"),
        next_delta([ADA, BOB], [ADA, types.Line(id="bob", n="Bob", s=1, c=(0, 1))]),
        {"t": "hb", "id": "7-2", "b": [["main", 2, diff.checksum([ADA])]]},
        {"t": "hb", "id": "7-2", "b": [["main", 1, diff.checksum([BOB])]]},
        {"t": "hb", "id": "7-2", "b": [["other", 1, diff.checksum([])]]},
    ],
    ids=["gap", "checksum", "unknown", "incomplete", "ahead", "different", "lacking"],
)
def test_a_frame_that_does_not_fit_raises_and_changes_nothing(frame):
    state, _ = state_after(full_snapshot(ADA))

    with pytest.raises(Lost):
        state.take(frame)

    assert names_of(state) == ["ada"]
    assert state.cursor == "7-1"


def test_a_heartbeat_that_agrees_moves_the_cursor():
    state, change = state_after(
        full_snapshot(ADA), {"t": "hb", "id": "7-9", "b": [["main", 1, diff.checksum([ADA])]]}
    )

    assert change is None
    assert state.cursor == "7-9"


def test_frames_of_other_types_and_members_that_are_new_change_nothing():
    state, change = state_after(
        full_snapshot(ADA, later="more"), {"t": "notice", "b": "main", "viewers": 3}, {"t": "later"}
    )

    assert change is None
    assert names_of(state) == ["ada"]


def me(rank, score, ver=1):
    return {"t": "me", "b": "main", "rank": rank, "score": score, "tot": 1, "ver": ver}


def test_a_new_standing_of_the_player_is_one_change():
    state, first = state_after(full_snapshot(ADA), me(None, None))
    same, second = state.take(me(None, None, 2)), state.take(me(7, 1, 3))

    assert (first.me, first.came, first.rows) == (Me(rank=None, score=None, version=1), (), second.rows)
    assert same is None
    assert (second.me.rank, second.me.score, second.me.version) == (7, 1, 3)
    assert state.take(next_delta([ADA], [ADA, BOB])).me == second.me


def test_the_players_standing_waits_for_the_board():
    state, change = state_after(me(7, 1))

    assert change is None
    assert state.take(full_snapshot(ADA)).me.rank == 7


def names_of(state):
    return [line.id for line in state.boards["main"].lines]
