"""Players' names on boards."""

from __future__ import annotations

from tests.boards.calls import list_entries, put, submit


def names(client, board):
    return [row["player"]["displayName"] for row in list_entries(client, board)["entries"]]


def test_a_player_without_a_name_is_shown_by_id(client):
    submit(client, "main", {"player": "ada", "score": 1})

    assert names(client, "main") == ["ada"]


def test_a_new_name_is_shown_on_every_board(client, redis):
    put(client, "other")
    for board in ("main", "other"):
        submit(client, board, {"player": "ada", "displayName": "Ada", "score": 1})
        assert names(client, board) == ["Ada"]

    submit(client, "main", {"player": "ada", "displayName": "Lovelace", "score": 0})

    assert names(client, "main") == names(client, "other") == ["Lovelace"]
    redis.flushall()
    assert names(client, "main") == names(client, "other") == ["Lovelace"]


def test_a_name_is_kept_in_its_composed_form_and_without_spaces_around_it(client):
    submit(client, "main", {"player": "ada", "displayName": "  Ame\u0301lie ", "score": 1})

    assert names(client, "main") == ["Am\u00e9lie"]


def test_a_name_is_not_served_as_html(client):
    submit(client, "main", {"player": "ada", "displayName": "<script>alert(1)</script>", "score": 1})

    answer = client.get("/v1/boards/main/entries")

    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_name_of_a_refused_entry_is_not_stored(client):
    put(client, "cup", maxScore=10)
    submit(client, "cup", {"player": "ada", "displayName": "Ada", "score": 1})

    submit(client, "cup", {"player": "ada", "displayName": "Winner", "score": 10**6})

    assert names(client, "cup") == ["Ada"]
