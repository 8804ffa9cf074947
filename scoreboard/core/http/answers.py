"""Answers of endpoints: status, headers and body, complete before the first byte is sent."""

from __future__ import annotations

from typing import Any

import msgspec

from scoreboard.core.http.media import JSON

_encode = msgspec.json.Encoder().encode


class Answer:
    """The answer of an endpoint. Its headers are sent in their order."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, {} if headers is None else headers


def answer(body: Any, status: int = 200, media: str = JSON) -> Answer:
    """Answer with JSON."""
    data = _encode(body)
    return Answer(status, data, {"Content-Type": media, "Content-Length": str(len(data))})
