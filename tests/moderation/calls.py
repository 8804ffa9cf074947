"""Calls of moderation that tests share."""

from __future__ import annotations

from typing import Any


def entry_ids(client: Any, **query: Any) -> list[str]:
    """The ids of entries, oldest first."""
    return [one["id"] for one in reversed(entries(client, **query))]


def entries(client: Any, **query: Any) -> list[dict[str, Any]]:
    """Entries, newest first."""
    answer = client.get("/v1/admin/entries", query_string={"limit": 100, **query})
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["data"]
    return found


def decide(client: Any, action: str, *ids: str, **body: Any) -> Any:
    """Decide about entries. Returns the answer's data."""
    if ids:
        body["ids"] = list(ids)
    answer = client.post(f"/v1/admin/entries/{action}", json={"reason": "other", **body})
    assert answer.status_code in (200, 202), answer.json
    return answer.json["data"]


def undo(client: Any, decision: str) -> Any:
    """Undo a decision. Returns the answer's data."""
    answer = client.post(f"/v1/admin/decisions/{decision}/undo")
    assert answer.status_code in (200, 202), answer.json
    return answer.json["data"]


def check_consistency(parts: Any) -> None:
    """Assert that journal, standings and Redis agree."""
    assert [str(one) for one in parts.boards.verifier.run()] == []
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []
