"""Places from SQL. Those of many players cost one pass over the rows, and equal those in the list."""

from __future__ import annotations

import random

import pytest

from scoreboard.boards.order import Order
from scoreboard.boards.store import sqlview
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.views import Listed, Located
from tests.boards.calls import put

PLAYERS = 60


@pytest.fixture(params=["ordinal", "competition", "dense"])
def board(request, client, parts):
    """A board on which many players share scores: its window and order."""
    put(client, "cup", ties=request.param, columns=[{"name": "lives", "order": "asc"}])
    draw = random.Random(request.param)
    entries = [
        {"player": f"p{number}", "score": draw.randrange(6), "columns": {"lives": draw.randrange(3)}}
        for number in range(PLAYERS)
    ]
    assert client.post("/v1/boards/cup/scores", json={"entries": entries}).json["data"]["rejected"] == []
    cup = parts.boards.service.board("cup")
    window, _ = parts.boards.service.window(cup, "current", "")
    return window, Order(cup.definition, cup.layout)


@pytest.fixture
def sql(parts):
    return SqlView(parts.base.database, 0)


def places(answer, order):
    return [(one.player, one.key, one.position, one.ahead, order.rank(one)) for one in answer.places]


@pytest.mark.parametrize("count", [1, 2, 7, PLAYERS])
def test_players_have_the_places_that_the_list_gives_them(board, sql, count):
    order = board[1]
    in_list = places(sql.ask(*board, Listed(0, PLAYERS)), order)
    for seed in range(5):
        players = random.Random(seed).sample([f"p{number}" for number in range(PLAYERS)], count)

        found = places(sql.ask(*board, Located(("nobody", *players))), order)

        assert found == [place for place in in_list if place[0] in players]


def test_no_row_is_counted_twice_however_many_ask(board, sql, monkeypatch):
    counts = []

    def between(*args):
        found = original(*args)
        counts.append(found[0])
        return found

    original = sqlview._between
    monkeypatch.setattr(sqlview, "_between", between)

    sql.ask(*board, Located(tuple(f"p{number}" for number in range(PLAYERS))))

    assert sum(counts) == PLAYERS - 1, "all that are ahead of the last one"


def test_an_unranked_player_has_no_place(board, sql):
    assert sql.ask(*board, Located(("nobody",))).places == []


@pytest.mark.parametrize("limit", [1, 7, PLAYERS + 1])
def test_pages_for_filling_redis_are_in_the_order_of_the_list(board, sql, parts, limit):
    window, order = board
    row, read = parts.boards.windows.get(window), parts.boards.follower.standings.best
    found, page = [], read(row.id, 1, limit=limit)
    while page:
        found += page
        page = read(row.id, 1, after=(page[-1].key, page[-1].player), limit=limit)

    listed = sql.ask(window, order, Listed(0, PLAYERS)).places
    assert [(one.player, one.key) for one in found] == [(one.player, one.key) for one in listed]
    assert len(found) == PLAYERS
