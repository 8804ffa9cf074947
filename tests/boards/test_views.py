"""Redis and SQL are one BoardView: every question has the same answer from both."""

from __future__ import annotations

import gc

import pytest

from scoreboard.boards.order import Order
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.types import Window
from scoreboard.boards.views import After, Around, Listed, Located, PlaceForTier
from tests.boards.calls import add_twelve_players

WINDOW = Window("cup", "all", "")


@pytest.fixture
def order(client, parts):
    """The order of a board with twelve players, which Redis shows."""
    add_twelve_players(client)
    board = parts.boards.service.board("cup")
    return Order(board.definition, board.layout)


def questions(order):
    tier = order.tier(3, ())
    yield Listed(0, 5)
    yield Listed(4, 100)
    yield Listed(100, 5)
    yield After(order.compose(3, (), 0, 0), "p06", 3)
    yield Around("p05", 2)
    yield Around("nobody", 2)
    yield Located(("p00", "nobody", "p11"))
    yield PlaceForTier(tier)


def test_every_question_has_the_same_answer_from_both(parts, order):
    redis, sql = parts.boards.follower.view, SqlView(parts.base.database, parts.journal.shard)
    for question in questions(order):
        from_redis, from_sql = redis.ask(WINDOW, order, question), sql.ask(WINDOW, order, question)

        assert sorted(from_redis.places, key=by_position) == sorted(from_sql.places, key=by_position), (
            question
        )
        assert (from_redis.version, from_redis.total) == (from_sql.version, from_sql.total), question


def by_position(place):
    return place.position


def test_redis_has_no_answer_for_a_window_that_it_does_not_show(parts, order):
    parts.boards.follower.view.writer.hide(WINDOW)

    assert parts.boards.follower.view.ask(WINDOW, order, Listed(0, 5)) is None


def test_requests_that_share_a_reading_share_its_json(client, parts, order):
    first = client.get("/v1/boards/cup/entries").json["data"]["entries"]
    (reading,) = [one for one in parts.boards.service.kept_readings if one.window == WINDOW]

    encoded = parts.boards.answers.encode(reading)

    assert client.get("/v1/boards/cup/entries").json["data"]["entries"] == first
    assert parts.boards.answers.encode(reading) is encoded


def test_the_json_of_a_reading_is_not_kept_longer_than_the_reading(client, parts, order):
    client.get("/v1/boards/cup/entries?offset=3")
    client.get("/v1/boards/cup/entries/p05/around")
    gc.collect()

    assert len(parts.boards.answers) == len(list(parts.boards.service.kept_readings)) == 0


def test_streams_read_boards_without_making_json(parts, order):
    parts.stream.scopes.read("cup", s=1)

    assert len(list(parts.boards.service.kept_readings)) == 1
    assert len(parts.boards.answers) == 0
