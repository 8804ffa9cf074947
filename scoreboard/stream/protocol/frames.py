"""The frames of protocol version 1: the same object on every carrier. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from scoreboard.stream.protocol.diff import difference, fields
from scoreboard.stream.protocol.types import Cursor, Encoded, Frame, PublishedBoard

VERSION = 1
PADDING_BYTES = 2048  # some proxies delay a stream until it has this many bytes

_encode = msgspec.json.Encoder().encode


def hello(*, sid: str, heartbeat: int, max_age: int, now: str, resume: str) -> Frame:
    """Always first: the stream's id and rhythm, and how far `since` was resumed (none, ok, partial)."""
    return {
        "t": "hello",
        "v": VERSION,
        "sid": sid,
        "hb": heartbeat,
        "max_age": max_age,
        "now": now,
        "resume": resume,
    }


def snapshot(board: PublishedBoard, *, id: Cursor, why: str) -> Frame:
    """A whole board, which replaces the one before."""
    frame: Frame = {
        "t": "snapshot",
        "id": str(id),
        "b": board.scope,
        "s": board.s,
        "why": why,
        "size": board.size,
        "rank": board.rank,
        "period": board.period,
        "columns": board.columns,
        "tot": board.total,
        "crc": board.crc,
        "at": board.at,
        "top": [fields(line) for line in board.top],
    }
    return frame | ({"show": board.show} if board.show else {})


def delta(old: PublishedBoard, new: PublishedBoard, *, id: Cursor) -> Frame:
    """The change from one state of a board to the next."""
    frame: Frame = {"t": "delta", "id": str(id), "b": new.scope, "p": old.s, "s": new.s}
    frame |= difference(old.top, new.top)
    if old.total != new.total:
        frame["tot"] = new.total
    return frame | {"crc": new.crc, "at": new.at}


def heartbeat(*, id: Cursor, at: str, boards: list[tuple[str, int, str]], degraded: bool) -> Frame:
    """The stream is alive, and each board is in this state: a client can prove that it missed nothing."""
    frame: Frame = {"t": "hb", "id": str(id), "at": at, "b": boards}
    return frame | ({"degraded": True} if degraded else {})


def me(scope: str, *, rank: int | None, score: int | None, total: int, version: int) -> Frame:
    """The rank of the ticket's player, as of fact `version`. Never replayed: the newest one counts."""
    return {"t": "me", "b": scope, "rank": rank, "score": score, "tot": total, "ver": version}


def reset(scope: str, why: str) -> Frame:
    """The board begins again (another period, or other rules); a snapshot follows."""
    return {"t": "reset", "b": scope, "why": why}


def tell(kind: str, *, at: str, data: Mapping[str, Any]) -> Frame:
    """A private message for the ticket's player. Sent once, live, and never replayed."""
    return {"t": "tell", "kind": kind, "at": at, "data": data}


def notice(scope: str, viewers: int) -> Frame:
    """The number of a board's viewers, in all processes."""
    return {"t": "notice", "b": scope, "viewers": viewers}


def bye(*, code: int, again: bool, retry_ms: int, why: str) -> Frame:
    """The last frame before the server closes."""
    return {"t": "bye", "code": code, "again": again, "retry_ms": retry_ms, "why": why}


def text(frame: Frame) -> str:
    """A frame as one line of JSON."""
    return _encode(frame).decode()


def encode(frame: Frame, line: str | None = None) -> Encoded:
    """A frame in both framings. `line` is its JSON, if it is at hand."""
    line = line or text(frame)
    id = f"id: {frame['id']}\n" if "id" in frame else ""
    event = f"event: {frame['t']}\n{id}data: {line}\n\n".encode()
    return Encoded(s=frame.get("s", 0), line=line, event=event)


def opening(retry_ms: int, events: bytes) -> bytes:
    """The first bytes of an event stream, with its first events: no empty line before the first one's."""
    padding = b"" if len(events) >= PADDING_BYTES else b":%b\n" % (b" " * PADDING_BYTES)
    return b"retry: %d\n%b%b" % (retry_ms, padding, events)


def decode(line: str) -> Any:
    """A frame from its JSON."""
    return msgspec.json.decode(line)
