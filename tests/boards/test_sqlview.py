"""Places from SQL, as while Redis is away: those of many players cost one pass, and are those in the list."""

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
def filled(request, client, parts):
    """A board on which many share scores: its window and order."""
    put(client, "cup", ties=request.param, columns=[{"name": "lives", "order": "asc"}])
    draw = random.Random(request.param)
    entries = [
        {"player": f"p{number}", "score": draw.randrange(6), "columns": {"lives": draw.randrange(3)}}
        for number in range(PLAYERS)
    ]
    assert client.post("/v1/boards/cup/scores", json={"entries": entries}).json["data"]["rejected"] == []
    board = parts.boards.service.board("cup")
    window, _ = parts.boards.service.window(board, "current", "")
    return window, Order(board.definition, board.layout)


@pytest.fixture
def sql(parts):
    return SqlView(parts.base.database, 0)


def shown(answer, order):
    return [(one.player, one.key, one.position, one.ahead, order.rank(one)) for one in answer.places]


@pytest.mark.parametrize("count", [1, 2, 7, PLAYERS])
def test_players_have_the_places_that_the_list_gives_them(filled, sql, count):
    order = filled[1]
    listed = shown(sql.ask(*filled, Listed(0, PLAYERS)), order)
    for turn in range(5):
        asked = random.Random(turn).sample([f"p{number}" for number in range(PLAYERS)], count)

        found = shown(sql.ask(*filled, Located(("nobody", *asked))), order)

        assert found == [place for place in listed if place[0] in asked]


def test_no_row_is_counted_twice_however_many_ask(filled, sql, monkeypatch):
    counted = []

    def between(*args):
        found = original(*args)
        counted.append(found[0])
        return found

    original = sqlview._between
    monkeypatch.setattr(sqlview, "_between", between)

    sql.ask(*filled, Located(tuple(f"p{number}" for number in range(PLAYERS))))

    assert sum(counted) == PLAYERS - 1, "all that stand before the last"


def test_an_unranked_player_has_no_place(filled, sql):
    assert sql.ask(*filled, Located(("nobody",))).places == []
