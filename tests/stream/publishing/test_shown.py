"""Stream rows carry the metadata that a board shows, and none of any other board."""

from __future__ import annotations

import pytest

from scoreboard.core.storage import rediskeys
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.published import board_after
from tests.boards.calls import put, submit
from tests.stream.steps import Viewer, publish

SHOW = [{"field": "team", "as": "text", "title": "Team"}, {"field": "site", "as": "link"}]


@pytest.fixture
def read_frames(redis):
    """Read the frames of the board "cup", and check that each follows the ones before it."""

    def read():
        found = [frames.decode(values["frame"]) for _, values in redis.xrange(rediskeys.frames())]
        mine = [frame for frame in found if frame["b"] == "cup"]
        Viewer().take(mine)
        return mine

    return read


def play(client, parts, player, score, **metadata):
    submit(client, "cup", {"player": player, "score": score, **({"metadata": metadata} if metadata else {})})
    publish(parts)


def test_rows_carry_the_named_fields_only(client, parts, read_frames):
    put(client, "cup", show=SHOW)
    play(client, parts, "ada", 1, team="Red", site="javascript:alert(1)", email="ada@example.com")
    play(client, parts, "bob", 5)

    first, second = read_frames()

    assert first["show"] == [SHOW[0], SHOW[1] | {"title": ""}]
    assert first["top"] == [{"id": "ada", "n": "ada", "s": 1, "m": {"team": "Red"}}]
    assert second["up"] == [[0, {"id": "bob", "n": "bob", "s": 5}]]
    assert "example.com" not in repr([first, second])


def test_metadata_that_changes_travels_alone(client, parts, read_frames):
    put(client, "cup", show=SHOW, operator="set")
    play(client, parts, "ada", 1, team="Red")
    play(client, parts, "ada", 1, team="Blue")
    play(client, parts, "ada", 1, other="x")

    _, blue, none = read_frames()

    assert blue["up"] == [[0, {"id": "ada", "m": {"team": "Blue"}}]]
    assert none["up"] == [[0, {"id": "ada", "m": None}]]


def test_other_metadata_makes_no_frame(client, parts, read_frames):
    put(client, "cup", show=SHOW, operator="set")
    play(client, parts, "ada", 1, team="Red", level=1)
    play(client, parts, "ada", 1, team="Red", level=2)

    assert len(read_frames()) == 1


def test_a_board_that_names_other_fields_is_sent_as_a_whole(client, parts, read_frames):
    put(client, "cup", show=SHOW)
    play(client, parts, "ada", 1, team="Red", level=3)
    put(client, "cup", show=[{"field": "level", "as": "text"}])
    parts.stream.publisher._scanned_at = float("-inf")  # nothing announces a definition
    publish(parts)

    first, second = read_frames()

    assert (second["t"], second["why"], second["p"]) == ("snapshot", "reset", first["s"])
    assert second["top"][0]["m"] == {"level": "3"}


def test_frames_of_boards_that_show_none_are_as_before(client, parts, read_frames):
    put(client, "cup")
    play(client, parts, "ada", 1, team="Red")
    play(client, parts, "ada", 2, team="Blue")

    first, second = read_frames()

    assert "show" not in first
    assert first["top"] == [{"id": "ada", "n": "ada", "s": 1}]
    assert second["up"] == [[0, {"id": "ada", "s": 3}]]


def test_a_hub_that_applies_the_frames_has_the_published_board(client, parts, read_frames):
    put(client, "cup", show=SHOW, operator="set")
    play(client, parts, "ada", 1, team="Red")
    play(client, parts, "bob", 2, team="Blue")
    board = None
    for frame in read_frames():
        board = board_after(board, frame, "")

    published = parts.stream.publisher.store.boards()["cup"]

    assert board.top == published.top
    assert board.show == published.show
    assert [line.m for line in board.top] == [{"team": "Blue"}, {"team": "Red"}]
