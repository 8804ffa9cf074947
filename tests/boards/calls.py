"""Calls of the API that tests of boards share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def put(client: Any, board: str, **definition: Any) -> None:
    """Define a board."""
    answer = client.put(f"/v1/admin/boards/{board}", json=definition)
    assert answer.status_code in (200, 201), answer.json


def submit(client: Any, board: str, *entries: dict[str, Any], **headers: str) -> Any:
    """Submit entries. Returns the report."""
    answer = client.post(f"/v1/boards/{board}/scores", json={"entries": list(entries)}, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def score(client: Any, board: str, **scores: int) -> None:
    """Submit one score for each player, in the order given."""
    for player, amount in scores.items():
        report = submit(client, board, {"player": player, "score": amount})
        assert report["accepted"] == 1, report


def list_entries(client: Any, board: str, **query: Any) -> Any:
    """The field `data` of a board's entries."""
    answer = client.get(f"/v1/boards/{board}/entries", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def players(client: Any, board: str, **query: Any) -> list[str]:
    """The players of a board in order."""
    return [row["player"]["id"] for row in list_entries(client, board, **query)["entries"]]


def ranks(client: Any, board: str, **query: Any) -> dict[str, int]:
    """Each player's rank."""
    return {row["player"]["id"]: row["rank"] for row in list_entries(client, board, **query)["entries"]}


def pages(client: Any, board: str, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """A board's rows page by page. Each page is read when the iterator gets there."""
    cursor = None
    while True:
        answer = client.get(
            f"/v1/boards/{board}/entries", query_string={**query, "cursor": cursor} if cursor else query
        )
        assert answer.status_code == 200, answer.json
        yield answer.json["data"]["entries"]
        cursor = answer.json["page"]["next"]
        if cursor is None:
            return
        query = {"limit": query["limit"]} if "limit" in query else {}


def refusal(answer: Any) -> tuple[int, str]:
    """The status and code of a problem, after checking its shape."""
    assert answer.mimetype == "application/problem+json", answer.data
    body = answer.json
    assert {"type", "title", "status", "code", "detail", "requestId"} <= body.keys()
    assert body["status"] == answer.status_code
    assert body["requestId"] == answer.headers["X-Request-Id"]
    assert body["type"].startswith("http")
    return answer.status_code, body["code"]


def add_twelve_players(client):
    """Put twelve players on the dense board "cup", with names, metadata and ties."""
    put(client, "cup", ties="dense")
    for number in range(12):
        entry = {"player": f"p{number:02}", "score": number // 2, "metadata": {"number": number}}
        submit(client, "cup", entry | {"displayName": f"Player {number}"})
