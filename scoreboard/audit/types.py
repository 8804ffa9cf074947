"""Types of the audit log."""

from __future__ import annotations

from msgspec import Struct


class AuditLine(Struct, frozen=True):
    """Who did what, when, to whom: one fact, without what is personal in it."""

    seq: int  # of the fact, in its shard
    at: int
    kind: str
    caller: str
    player: str
    board: str
    request: str
    detail: str  # JSON
    shard: int
