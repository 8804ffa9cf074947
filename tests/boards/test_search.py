"""Searching the players of a board by the beginning of their names."""

from __future__ import annotations

import time

import pytest

from scoreboard.accounts.service import Names
from scoreboard.accounts.types import Name
from scoreboard.boards.order import Order
from scoreboard.boards.search.keys import search_key
from scoreboard.boards.search.store import SearchEntries
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Standing, Window
from scoreboard.core.storage.db import execute, rows
from tests.boards.calls import list_entries, put, refusal, score, submit

PLAYERS = 100_000


def follow(parts):
    """Let the follower of the search take in all facts."""
    parts.followers.catch_up("search")


def submit_named(client, board, **players):
    """Submit the scores 1, 2, 3 … for players with these names."""
    for number, (player, name) in enumerate(players.items(), 1):
        submit(client, board, {"player": player, "score": number, "displayName": name})


def names_found(client, text, board="main", **more):
    return [
        row["player"]["displayName"] for row in list_entries(client, board, search=text, **more)["entries"]
    ]


def test_players_are_found_by_the_beginning_of_their_names_in_their_order(client, parts):
    submit_named(client, "main", a="Émilie", b="emil", c="Emma", d="Ada Em", e="EMIL 2")
    follow(parts)

    answer = list_entries(client, "main", search="ém")

    assert [row["player"]["displayName"] for row in answer["entries"]] == ["emil", "EMIL 2", "Émilie", "Emma"]
    assert [row["rank"] for row in answer["entries"]] == [4, 1, 5, 3]
    assert (answer["total"], answer["id"], "degraded" in answer) == (5, None, False)
    assert answer["entries"][0] | {"reachedAt": ""} == {
        "rank": 4,
        "player": {"id": "b", "displayName": "emil"},
        "score": 2,
        "columns": {},
        "reachedAt": "",
        "metadata": None,
        "percentile": 25.0,
    }


def test_a_player_without_a_name_is_found_by_id(client, parts):
    score(client, "main", Team1=5, other=3)
    follow(parts)

    assert names_found(client, "tea") == ["Team1"]


def test_one_character_is_enough_where_it_is_a_word(client, parts):
    submit_named(client, "main", a="王小明", b="李明")
    follow(parts)

    assert names_found(client, "王") == ["王小明"]


def test_a_new_name_is_found_everywhere_and_the_old_one_nowhere(client, parts):
    put(client, "cup", regions=["eu"])
    submit(client, "cup", {"player": "a", "score": 1, "displayName": "Before", "region": "eu"})
    follow(parts)
    submit(client, "main", {"player": "a", "score": 1, "displayName": "After"})
    follow(parts)

    assert names_found(client, "be", "cup") == []
    assert names_found(client, "af", "cup") == names_found(client, "af", "cup", region="eu") == ["After"]
    assert names_found(client, "af") == ["After"]


def test_only_players_of_the_window_are_found(client, parts, clock):
    put(client, "cup", period="daily", regions=["eu", "na"])
    submit(client, "cup", {"player": "a", "score": 1, "displayName": "Anna", "region": "eu"})
    clock.advance(days=1)
    submit(client, "cup", {"player": "b", "score": 2, "displayName": "Anne", "region": "na"})
    follow(parts)

    assert names_found(client, "an", "cup") == ["Anne"]
    assert names_found(client, "an", "cup", region="eu") == []
    assert names_found(client, "an", "cup", period="previous") == ["Anna"]


def test_an_answer_has_at_most_limit_rows(client, parts):
    submit_named(client, "main", **{f"p{number}": f"Ann {number:02}" for number in range(12)})
    follow(parts)

    assert names_found(client, "ann") == [f"Ann {number:02}" for number in range(10)]
    assert names_found(client, "ann", limit=3) == ["Ann 00", "Ann 01", "Ann 02"]


@pytest.mark.parametrize(
    "query",
    [
        {"search": "a"},
        {"search": "\0\0"},
        {"search": "é"},
        {"search": "x" * 65},
        {"search": "an", "limit": 51},
        {"search": "an", "offset": 1},
        {"search": "an", "players": "a"},
        {"search": "an", "cursor": "x"},
    ],
)
def test_an_invalid_search_is_refused(client, query):
    answer = client.get("/v1/boards/main/entries", query_string=query)

    assert refusal(answer) == (400, "validation_failed")


@pytest.mark.parametrize("text", ["%", "an%", "__", "a\0n", "'; --", "\U0010ffff\U0010ffff", "an\ud7ff"])
def test_special_characters_of_sql_have_no_meaning(client, parts, text):
    submit_named(client, "main", a="Anna")
    follow(parts)

    answer = client.get("/v1/boards/main/entries", query_string={"search": text + "x"})

    assert (answer.status_code, answer.json["data"]["entries"]) == (200, [])


def test_a_private_board_does_not_exist_for_others(client, parts):
    put(client, "secret", public=False)
    score(client, "secret", anna=1)
    follow(parts)
    answer = client.get("/v1/boards/secret/entries?search=an", headers={"Authorization": ""})

    assert refusal(answer) == (404, "board_not_found")
    assert names_found(client, "an", "secret") == ["anna"]


def test_without_redis_players_are_found_without_ranks(client, parts, redis):
    put(client, "cup", columns=[{"name": "lives"}])
    submit(client, "cup", {"player": "a", "score": 7, "displayName": "Anna", "columns": {"lives": 2}})
    follow(parts)
    redis.flushall()

    answer = list_entries(client, "cup", search="an")

    (row,) = answer["entries"]
    assert (answer["degraded"], answer["total"]) == (True, 1)
    assert (row["rank"], row["percentile"]) == (None, None)
    assert (row["score"], row["columns"], row["player"]["displayName"]) == (7, {"lives": 2}, "Anna")


def test_a_closed_period_that_left_redis_still_has_ranks(client, parts, clock, redis):
    put(client, "cup", period="daily")
    submit_named(client, "cup", a="Anna", b="Anne")
    clock.advance(days=1)
    parts.boards.admin.close_due_periods()
    follow(parts)
    redis.delete(*redis.keys("sb:{cup/*"))

    answer = list_entries(client, "cup", search="an", period="previous")

    assert [row["rank"] for row in answer["entries"]] == [2, 1]
    assert "degraded" not in answer


def test_a_deleted_board_leaves_nothing_to_a_new_one(client, parts):
    submit_named(client, "main", a="Anna")
    put(client, "cup")
    submit_named(client, "cup", a="Anna", b="Anne")
    follow(parts)
    client.delete("/v1/admin/boards/cup")
    put(client, "cup")
    submit_named(client, "cup", c="Anton")
    follow(parts)

    assert names_found(client, "an", "cup") == ["Anton"]
    assert names_found(client, "an") == ["Anna"]


def test_following_twice_changes_nothing(client, parts):
    submit_named(client, "main", a="Anna", b="Anne")
    follow(parts)
    before = entries(parts)

    parts.followers.follower("search").follow(parts.journal.after(parts.journal.start, 100))

    assert entries(parts) == before
    assert parts.followers.catch_up("search") == 0


def test_a_deployment_that_is_older_than_the_search_is_filled_from_its_journal(client, parts):
    submit_named(client, "main", a="Anna", b="Anne")
    follow(parts)
    before = entries(parts)
    for table in ("search_key", "search_entry"):
        parts.base.database.transaction(lambda db, table=table: execute(db, f"DELETE FROM {table}"))
    parts.base.database.transaction(
        lambda db: execute(db, "DELETE FROM follower_position WHERE follower = 'search'")
    )

    follow(parts)

    assert entries(parts) == before


def entries(parts):
    text = "SELECT window_id, key, player FROM search_entry ORDER BY 1, 2, 3"
    return parts.base.database.run(lambda db: rows(db, text))


@pytest.mark.alone
def test_a_search_of_a_hundred_thousand_players_takes_twenty_milliseconds(client, parts):
    score(client, "main", first=1)
    fill(parts, range(PLAYERS))
    parts.boards.follower.build(parts.boards.windows.get(Window("main", "all", "")))

    for text, count in (("pl", 50), ("player 77", 50), ("player 99999", 1), ("zz", 0)):
        durations = []
        for _ in range(5):
            began = time.perf_counter()
            answer = list_entries(client, "main", search=text, limit=50)
            durations.append(time.perf_counter() - began)

        assert (len(answer["entries"]), "degraded" in answer) == (count, False)
        assert min(durations) < 0.02, text  # other processes may make any of them longer


def fill(parts, numbers):
    """Write standings, names and entries of the search of many players into the tables of "main"."""
    order = Order(parts.boards.service.board("main").definition)
    names = {f"p{number}": f"Player {number}" for number in numbers}
    keys = {player: search_key(name) for player, name in names.items()}
    standings = [
        Standing(player=player, score=number, columns=(), reached_at=1, reached_by=1, version=1)
        for number, player in zip(numbers, names, strict=True)
    ]

    def write(db):
        (row,) = Windows(db).of_board("main")
        Standings(db).write([(row.id, standing) for standing in standings], order)
        Names(db).write([Name(player=player, text=name, seq=1) for player, name in names.items()])
        SearchEntries(db).record(keys)
        SearchEntries(db).add(row.id, keys)
        row.entries += len(numbers)
        Windows(db).write(row)

    parts.base.patient_database.transaction(write)
    parts.boards.follower.show_all_names()
    if parts.base.database.postgres:
        parts.base.patient_database.run(lambda db: execute(db, "ANALYZE"))
