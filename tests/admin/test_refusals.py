"""Refusals: callers that may not manage boards, and invalid definitions."""

from __future__ import annotations

import pytest

from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database

PATH = "/v1/admin/boards/cup"


@pytest.fixture
def bearer(parts):
    """Makes the headers of a caller whose key has the given scopes."""

    def headers(*scopes):
        return {"Authorization": f"Bearer {parts.accounts.keys.create('test', scopes)[1]}"}

    return headers


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ties": "shared"}, "ties"),
        ({"size": 0}, "size"),
        ({"size": 1001}, "size"),
        ({"size": "100"}, "size"),
        ({"minScore": 2**53}, "minScore"),
        ({"maxScore": 1.5}, "maxScore"),
        ({"maxIncrement": -1}, "maxIncrement"),
        ({"decimals": 10}, "decimals"),
        ({"unit": "x" * 17}, "unit"),
        ({"title": "x" * 121}, "title"),
        ({"public": 1}, "public"),
        ({"columns": [{"name": "1st"}]}, "columns[0].name"),
        ({"columns": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}, "columns"),
        ({"columns": [{"name": "a", "weight": 2}]}, "columns[0]"),
        ({"columns": [{"name": "a"}, {"name": "a"}]}, "columns"),
        ({"regions": ["EU"]}, "regions[0]"),
        ({"regions": ["eu", "eu"]}, "regions"),
        ({"windows": ["a", "b", "c", "d", "e"]}, "windows"),
        ({"period": "yearly"}, "period"),
        ({"timeZone": "Mars"}, "timeZone"),
        ({"minScore": 5, "maxScore": 4}, "minScore"),
        ({"frozenAt": "2026-01-01T00:00:00Z"}, "frozenAt"),
        ({"id": "other"}, "body"),
        ({"colour": "red"}, "body"),
    ],
    ids=lambda value: None,
)
def test_a_wrong_field_is_refused_by_its_name(client, body, field):
    answer = client.put(PATH, json=body)

    assert refusal(answer) == (400, "validation_failed")
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert refusal(client.get(PATH)) == (404, "board_not_found")


@pytest.mark.parametrize("id", ["-cup", "Cup", "cup_1", "x" * 64, "cüp", "cup%0A"])
def test_a_board_needs_a_valid_id(client, id):
    answer = client.put(f"/v1/admin/boards/{id}", json={})

    assert refusal(answer) == (400, "validation_failed")
    assert answer.json["errors"][0]["field"] == "id"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer sk_wrong", "Basic YTpi", "sk_wrong", "Bearer " + "x" * 600, "Bearer ü"],
)
def test_without_a_valid_key_no_board_can_be_managed(client, method, header):
    answer = client.open(PATH, method=method, json={}, headers={"Authorization": header})

    assert refusal(answer) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_key_for_scores_may_not_manage_boards(client, bearer, method):
    answer = client.open(PATH, method=method, json={}, headers=bearer("scores:write", "players:write"))

    assert refusal(answer) == (403, "insufficient_scope")
    assert "boards:write" in answer.json["detail"]


@pytest.mark.parametrize("scope", ["boards:write", "admin"])
def test_a_key_for_boards_may_manage_them(client, bearer, scope):
    assert client.put(PATH, json={}, headers=bearer(scope)).status_code == 201


def test_a_key_for_boards_may_not_submit_scores(client, bearer):
    answer = client.post(
        "/v1/boards/main/scores",
        json={"entries": [{"player": "ada", "score": 1}]},
        headers=bearer("boards:write", "admin"),
    )

    assert refusal(answer) == (403, "insufficient_scope")


def test_a_put_sent_again_with_its_key_gets_its_first_answer(client):
    header = {"Idempotency-Key": "make-cup"}

    first = client.put(PATH, json={"title": "Cup"}, headers=header)
    again = client.put(PATH, json={"title": "Cup"}, headers=header)
    other = client.put(PATH, json={"title": "Other"}, headers=header)

    assert (again.status_code, again.json) == (first.status_code, first.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert refusal(other) == (422, "idempotency_key_reused")


def test_a_delete_sent_again_with_its_key_gets_its_first_answer(client):
    client.put(PATH, json={})
    header = {"Idempotency-Key": "drop-cup"}

    answers = [client.delete(PATH, headers=header) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
