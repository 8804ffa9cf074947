"""Types of the audit log."""

from __future__ import annotations

from msgspec import Struct


class AuditLine(Struct, frozen=True):
    """A line of the log: caller, kind, time and player of a fact, without personal data."""

    seq: int  # of the fact, in its shard
    at: int
    kind: str
    caller: str
    player: str
    board: str
    request: str
    detail: str  # JSON
    shard: int
