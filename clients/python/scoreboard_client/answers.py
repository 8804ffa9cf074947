"""Turns HTTP answers into JSON or exceptions. Pure."""

from __future__ import annotations

import json
from http.client import HTTPMessage
from typing import Any

from scoreboard_client.errors import AwayError, RefusedError

AWAY = (502, 503, 504)
UNTOUCHED = ("ledger_unavailable", "storage_full")  # with these codes nothing was written


def decode(status: int, headers: HTTPMessage, text: bytes) -> dict[str, Any]:
    """The answer's JSON; {} if it has none. Raises RefusedError or AwayError."""
    body = _object(text)
    if 200 <= status < 300 and (body or not text):
        return body
    wait = headers.get("Retry-After", "")
    seconds = float(wait) if wait.isdigit() else None
    refusal = RefusedError(status, body or {"detail": _foreign_answer(status, headers)}, seconds)
    if status not in AWAY:
        raise refusal
    doubtful = refusal.code not in UNTOUCHED
    raise AwayError(str(refusal), doubtful=doubtful, retry_after_seconds=seconds) from refusal


def _object(text: bytes) -> dict[str, Any]:
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        return {}  # an error page of a proxy
    return body if isinstance(body, dict) else {}


def _foreign_answer(status: int, headers: HTTPMessage) -> str:
    target = f", and points to {headers['Location']}" if "Location" in headers else ""
    return f"The answer {status} is none of a Scoreboard server{target}."
