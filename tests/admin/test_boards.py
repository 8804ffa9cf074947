"""Managing boards over HTTP."""

from __future__ import annotations

import pytest

from tests.boards.calls import list_entries, players, put, ranks, refusal, score, submit

CUP = {
    "title": "Cup",
    "description": "All of it",
    "order": "asc",
    "operator": "best",
    "ties": "dense",
    "columns": [{"name": "faults", "order": "asc", "title": "Penalties"}],
    "period": "weekly",
    "windows": ["all"],
    "timeZone": "Europe/Berlin",
    "regions": ["eu", "na"],
    "regionTitles": {"eu": "Europe"},
    "show": [{"field": "team", "as": "text", "title": "Team"}],
    "trust": "server",
    "minScore": 0,
    "maxScore": 1000,
    "maxIncrement": 10,
    "public": True,
    "frozenAt": None,
    "size": 50,
    "decimals": 3,
    "unit": "s",
}


def test_put_creates_a_board_and_then_changes_it(client):
    created = client.put("/v1/admin/boards/cup", json=CUP)
    changed = client.put("/v1/admin/boards/cup", json=CUP | {"title": "New"})

    assert (created.status_code, changed.status_code) == (201, 200)
    assert created.json["data"] == {"id": "cup", **CUP}
    assert changed.json["data"]["title"] == "New"


def test_an_answer_of_get_can_be_put_back(client):
    put(client, "cup", **CUP)
    definition = client.get("/v1/admin/boards/cup").json["data"]

    again = client.put("/v1/admin/boards/cup", json=definition)

    assert definition == {"id": "cup", **CUP}
    assert again.json["data"] == definition


def test_an_empty_body_is_a_board_with_every_default(client):
    created = client.put("/v1/admin/boards/cup", json={})

    assert created.json["data"]["title"] == "cup"
    assert created.json["data"]["operator"] == "increment"
    assert created.json["data"]["size"] == 100


def test_a_new_order_ranks_at_once_and_also_after_the_follower_ran(client, parts):
    score(client, "main", a=3, b=2, c=1)

    put(client, "main", order="asc")

    assert players(client, "main") == ["c", "b", "a"]
    parts.followers.catch_up("boards")
    assert players(client, "main") == ["c", "b", "a"]
    score(client, "main", a=-9)
    assert players(client, "main") == ["a", "c", "b"]


@pytest.mark.parametrize(("ties", "expected"), [("competition", [1, 1, 3]), ("dense", [1, 1, 2])])
def test_a_new_tie_rule_ranks_at_once_and_also_after_the_follower_ran(client, parts, ties, expected):
    score(client, "main", a=3, b=3, c=1)

    put(client, "main", ties=ties)

    assert list(ranks(client, "main").values()) == expected
    parts.followers.catch_up("boards")
    assert list(ranks(client, "main").values()) == expected
    score(client, "main", d=2)
    assert ranks(client, "main")["d"] == (3 if ties == "competition" else 2)


def test_new_columns_count_entries_from_then_on(client, parts):
    put(client, "cup", columns=[{"name": "wins"}])
    submit(client, "cup", {"player": "a", "score": 5, "columns": {"wins": 1}})
    submit(client, "cup", {"player": "b", "score": 5, "columns": {"wins": 4}})

    put(client, "cup", columns=[])
    without = list_entries(client, "cup")["entries"]
    put(client, "cup", columns=[{"name": "faults"}, {"name": "wins"}])
    again = list_entries(client, "cup")["entries"]

    assert [(row["player"]["id"], row["columns"]) for row in without] == [("a", {}), ("b", {})]
    assert [(row["player"]["id"], row["columns"]) for row in again] == [
        ("b", {"faults": 0, "wins": 4}),
        ("a", {"faults": 0, "wins": 1}),
    ]
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []


def test_a_board_that_keeps_the_best_keeps_another_best_in_a_new_order(client):
    put(client, "cup", operator="best")
    score(client, "cup", a=5)
    score(client, "cup", a=3)
    score(client, "cup", a=8)

    put(client, "cup", operator="best", order="asc")

    assert [row["score"] for row in list_entries(client, "cup")["entries"]] == [3]


def test_a_board_that_is_created_again_starts_empty(client, parts):
    put(client, "cup")
    score(client, "cup", a=5, b=4)
    deleted = client.delete("/v1/admin/boards/cup")
    after_deletion = client.get("/v1/boards/cup/entries")

    put(client, "cup")
    score(client, "cup", c=1)

    assert (deleted.status_code, deleted.data) == (204, b"")
    assert refusal(after_deletion) == (404, "board_not_found")
    assert players(client, "cup") == ["c"]
    parts.followers.catch_up("boards")
    assert players(client, "cup") == ["c"]
    assert parts.boards.verifier.run() == []


def test_an_entry_of_a_deleted_board_counts_again_on_the_next_of_its_name(client):
    entry = {"player": "ada", "score": 5, "idempotencyKey": "match-1"}
    put(client, "cup")
    submit(client, "cup", entry)
    client.delete("/v1/admin/boards/cup")
    put(client, "cup")

    assert submit(client, "cup", entry)["accepted"] == 1


def test_a_missing_board_can_be_neither_shown_nor_deleted(client):
    for board in ("none", "%00", "UPPER", "x" * 500):
        for method in ("GET", "DELETE"):
            answer = client.open(f"/v1/admin/boards/{board}", method=method)
            assert refusal(answer) == (404, "board_not_found")


def test_another_process_sees_a_new_definition_at_once(client, make_parts, database_url, parts):
    other = make_parts(database_url)
    other.boards.service.all()

    put(client, "cup", title="Cup")

    assert other.boards.service.board("cup").definition.title == "Cup"
