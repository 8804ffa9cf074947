"""A strict parser of event streams: it fails on everything that the strictest libraries refuse."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from tests.sockets import dechunk

FIELDS = ("event", "id", "data", "retry")


class Event(NamedTuple):
    """One event, with the fields that its block had."""

    name: str
    id: str | None
    retry_ms: int | None
    frame: dict[str, Any]


def body_of(got: bytes) -> bytes:
    """The body of an answer that was read from a socket, without chunk sizes."""
    head, _, body = got.partition(b"\r\n\r\n")
    return dechunk(body) if b"transfer-encoding: chunked" in head.lower() else body


def strict_events(body: bytes) -> list[Event]:
    """The events of a stream that was read to the end of an event.

    Fails on an unknown field, a field that comes twice, a carriage return, an event without data, an event
    whose name or id is not its frame's, and on an event that is not complete.
    """
    assert b"\r" not in body, f"a carriage return: {body[:300]!r}"
    text = body.decode("utf-8")
    assert text.endswith("\n\n"), f"the last event is not complete: {text[-300:]!r}"
    return [_event(block) for block in text.removesuffix("\n\n").split("\n\n")]


def _event(block: str) -> Event:
    fields: dict[str, str] = {}
    for line in block.split("\n"):
        if line.startswith(":"):
            continue
        name, colon, value = line.partition(": ")
        assert colon, f"not a field: {line[:80]!r}"
        assert name in FIELDS, f"an unknown field: {line[:80]!r}"
        assert name not in fields, f"twice: {line[:80]!r}"
        fields[name] = value
    assert fields.get("data"), f"an event without data: {block[:200]!r}"
    frame = json.loads(fields["data"])
    assert fields.get("event") == frame["t"]
    assert fields.get("id") == frame.get("id")
    retry = fields.get("retry")
    return Event(frame["t"], fields.get("id"), int(retry) if retry else None, frame)
