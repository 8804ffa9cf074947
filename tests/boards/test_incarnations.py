"""A board that is deleted and created again is another board: old keys, tokens and tags are invalid."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define
from tests.boards.calls import list_entries, players, put, refusal, submit

pytestmark = pytest.mark.one_database

ADA = {"player": "ada", "score": 5}
KEY = {"Idempotency-Key": "once"}


def recreate(client, board="cup"):
    """Delete a board, and make another one of its name."""
    assert client.delete(f"/v1/admin/boards/{board}").status_code == 204
    put(client, board)


def is_replayed(answer):
    return "Idempotency-Replayed" in answer.headers


def send(client, *entries, board="cup"):
    return client.post(f"/v1/boards/{board}/scores", json={"entries": list(entries)}, headers=KEY)


def test_a_stored_answer_is_not_returned_for_a_board_that_was_created_again(client):
    put(client, "cup")
    send(client, ADA)
    recreate(client)

    answer = send(client, ADA)

    assert not is_replayed(answer)
    assert (answer.json["data"]["accepted"], answer.json["data"]["standings"][0]["rank"]) == (1, 1)
    assert players(client, "cup") == ["ada"]


def test_the_new_answer_is_stored_and_counts_once_on_the_new_board(client):
    put(client, "cup")
    send(client, ADA)
    recreate(client)
    first = send(client, ADA)

    second = send(client, ADA)

    assert is_replayed(second)
    assert second.json == first.json
    assert [row["score"] for row in list_entries(client, "cup")["entries"]] == [5]


def test_an_answer_that_was_lost_before_it_was_stored_counts_once(client, parts):
    put(client, "cup")
    recreate(client)
    send(client, ADA)
    parts.base.database.transaction(lambda db: db.execute_sql("DELETE FROM answer"))

    assert send(client, ADA).json["data"]["replayed"] == 1


def test_a_stored_answer_is_not_returned_for_a_deleted_board(client):
    put(client, "cup")
    send(client, ADA)
    client.delete("/v1/admin/boards/cup")

    assert refusal(send(client, ADA)) == (404, "board_not_found")


def test_another_body_for_a_board_that_was_created_again_is_another_request(client):
    put(client, "cup")
    send(client, ADA)
    recreate(client)

    assert send(client, {"player": "bob", "score": 1}).json["data"]["accepted"] == 1
    assert refusal(send(client, ADA)) == (422, "idempotency_key_reused")


def test_a_key_of_another_board_stays_used(client):
    put(client, "cup")
    put(client, "bowl")
    send(client, ADA)

    assert refusal(send(client, ADA, board="bowl")) == (422, "idempotency_key_reused")


def test_an_answer_of_a_release_that_did_not_know_incarnations_is_made_again_and_counts_once(client, parts):
    put(client, "cup")
    send(client, ADA)
    parts.base.database.transaction(lambda db: db.execute_sql("UPDATE answer SET incarnation = ''"))

    assert send(client, ADA).json["data"]["replayed"] == 1
    assert refusal(send(client, {"player": "bob", "score": 1})) == (422, "idempotency_key_reused")
    assert is_replayed(send(client, ADA))


def test_a_definition_that_is_sent_again_is_refused_if_its_board_was_deleted(client):
    def define():
        return client.put("/v1/admin/boards/cup", json={}, headers=KEY)

    assert define().status_code == 201
    assert is_replayed(define())
    client.delete("/v1/admin/boards/cup")

    assert refusal(define()) == (409, "deleted_since")
    put(client, "cup", title="Another")
    assert refusal(define()) == (409, "deleted_since")
    assert client.get("/v1/boards/cup").json["data"]["title"] == "Another"


def test_a_deletion_that_is_sent_again_deletes_no_later_board(client):
    put(client, "cup")
    assert client.delete("/v1/admin/boards/cup", headers=KEY).status_code == 204
    assert is_replayed(client.delete("/v1/admin/boards/cup", headers=KEY))
    put(client, "cup")

    assert client.delete("/v1/admin/boards/cup", headers=KEY).status_code == 204
    assert client.get("/v1/boards/cup").status_code == 200


def test_an_action_type_that_is_defined_again_is_another_one(client):
    body = {"boards": ["main"], "points": 10}

    def define():
        return client.put("/v1/admin/action-types/jump", json=body, headers=KEY)

    assert define().status_code == 201
    client.put("/v1/admin/action-types/jump", json=body | {"points": 20})
    assert is_replayed(define())
    client.delete("/v1/admin/action-types/jump")

    assert refusal(define()) == (409, "deleted_since")
    client.put("/v1/admin/action-types/jump", json=body | {"points": 30})
    assert refusal(define()) == (409, "deleted_since")
    assert client.get("/v1/admin/action-types/jump").json["data"]["points"] == 30


def test_a_receipt_does_not_show_boards_that_were_deleted_since(client, parts):
    put(client, "cup")
    define(parts, boards=["cup", "main"])
    ada = Player(parts)
    token = ada.request()
    assert [one["board"] for one in ada.complete(token).json["data"]["standings"]] == ["cup", "main"]

    recreate(client)
    receipt = ada.complete(token).json["data"]
    assert receipt["replayed"] is True
    assert [(one["board"], one["score"]) for one in receipt["standings"]] == [("main", 10)]
    assert (receipt["newScore"], receipt["rank"]) == (10, 1)

    recreate(client, "main")
    assert refusal(ada.complete(token)) == (404, "board_not_found")
    assert list_entries(client, "cup")["total"] == list_entries(client, "main")["total"] == 0


def test_no_tag_of_a_board_is_valid_for_the_next_one_of_its_name(client, parts):
    put(client, "cup")
    submit(client, "cup", ADA)
    paths = ("/v1/boards/cup/entries", "/v1/boards/cup/entries/ada", "/b/cup.svg", "/b/cup")
    tags = {path: client.get(path).headers.get("ETag", "") for path in paths}
    recreate(client)
    submit(client, "cup", ADA | {"score": 6})  # an image has the tag of its bytes

    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path


def test_no_page_continues_from_a_cursor_of_an_earlier_board(client):
    put(client, "cup")
    submit(client, "cup", ADA, {"player": "bob", "score": 1})
    following = client.get("/v1/boards/cup/entries?limit=1").json["page"]["next"]
    recreate(client)

    assert refusal(client.get(f"/v1/boards/cup/entries?cursor={following}")) == (400, "invalid_cursor")


def test_no_period_of_an_earlier_board_is_a_result_of_the_next_one(client, parts, clock):
    put(client, "cup", period="daily")
    submit(client, "cup", ADA)
    clock.advance(days=2)
    parts.boards.admin.close_due_periods()
    assert len(client.get("/v1/boards/cup/periods").json["data"]) == 1

    assert client.delete("/v1/admin/boards/cup").status_code == 204
    put(client, "cup", period="daily")

    assert client.get("/v1/boards/cup/periods").json["data"] == []
    assert refusal(client.get("/v1/boards/cup/entries?period=2026-01-01")) == (404, "period_not_found")


def test_a_stream_that_continues_is_not_shown_an_earlier_board(client, parts):
    put(client, "cup")
    submit(client, "cup", ADA)
    first = client.get("/v1/poll?boards=cup&wait=0").json
    assert [row["id"] for row in first["frames"][-1]["top"]] == ["ada"]
    recreate(client)

    for since in ("", f"&since={first['id']}"):
        frames = client.get(f"/v1/poll?boards=cup&wait=0{since}").json["frames"]
        assert [frame["top"] for frame in frames if "top" in frame] in ([], [[]])
