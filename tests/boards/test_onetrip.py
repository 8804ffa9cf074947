"""A read of a board is one trip to Redis, and sees the definitions of other processes at once."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from tests.boards.calls import list_entries, players, put, refusal, score, submit
from tests.support import KEY

READS = [
    "/v1/boards/cup",
    "/v1/boards/cup/entries",
    "/v1/boards/cup/entries?offset=2",
    "/v1/boards/cup/entries?players=p01,p02",
    "/v1/boards/cup/entries/p05",
    "/v1/boards/cup/entries/p05/around",
    "/v1/boards/cup/rank-for?score=3",
]


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def other(make_parts, database_url):
    """A client of another process of the same deployment."""
    return create_app(make_parts(database_url)).test_client()


@pytest.mark.parametrize("read", READS)
def test_a_read_is_one_command(cup, parts, redis, read):
    submit(cup, "cup", {"player": "p05", "score": 9, "displayName": "Pia"})
    first = cup.get(read)

    redis.config_resetstat()
    again = cup.get(read)

    assert again.status_code == 200
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert commands(redis) == {"evalsha": 1}


def commands(redis):
    """The commands that clients sent since the last reset. Those of scripts, and checks of health, aside."""
    stats = redis.info("commandstats")
    counts = {name.removeprefix("cmdstat_"): stat["calls"] for name, stat in stats.items()}
    return {name: count for name, count in counts.items() if name in ("evalsha", "eval", "script|load")}


@pytest.mark.parametrize("read", READS)
def test_a_board_that_became_private_elsewhere_is_hidden_at_once(cup, other, read):
    assert other.get(read).status_code == 200

    put(cup, "cup", public=False, ties="dense")

    assert refusal(other.get(read)) == (404, "board_not_found")
    assert other.get(read, headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


def test_a_board_that_was_created_elsewhere_is_found_at_once(client, other):
    assert refusal(other.get("/v1/boards/young/entries")) == (404, "board_not_found")

    put(client, "young")

    assert other.get("/v1/boards/young/entries").status_code == 200


def test_a_region_that_was_added_elsewhere_is_found_at_once(client, other):
    put(client, "lands", regions=["eu"])
    assert refusal(other.get("/v1/boards/lands/entries?region=us")) == (404, "region_not_found")

    put(client, "lands", regions=["eu", "us"])

    assert other.get("/v1/boards/lands/entries?region=us").status_code == 200


def test_another_order_applies_at_once(client, other):
    put(client, "race", order="desc")
    score(client, "race", ada=1, bob=2)
    assert players(other, "race") == ["bob", "ada"]

    put(client, "race", order="asc")

    assert players(other, "race") == ["ada", "bob"]


def test_a_name_that_changed_elsewhere_is_shown_at_once(client, other):
    put(client, "race")
    submit(client, "race", {"player": "ada", "score": 1, "displayName": "Ada"})
    assert name(other) == "Ada"

    submit(client, "race", {"player": "ada", "score": 1, "displayName": "Ada L."})

    assert name(other) == "Ada L."


def name(client):
    """The name in the first row."""
    return list_entries(client, "race")["entries"][0]["player"]["displayName"]
