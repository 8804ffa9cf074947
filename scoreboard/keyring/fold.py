"""The fold of facts about ring keys: changes of their table, inside the writer's transaction."""

from __future__ import annotations

from typing import Any

from scoreboard.core.errors import Conflict, NotFound
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position
from scoreboard.keyring.rules import RETENTION_MS
from scoreboard.keyring.store import RingKeys
from scoreboard.keyring.types import RingKey

CREATED, REVOKED = "ring-key-created", "ring-key-revoked"
AUDITED = frozenset({"kid", "usableAt", "after"})


def apply(db: Connection, fact: Fact, position: Position, at: int) -> dict[str, Any]:
    """Create or revoke a key. Raises Conflict, or NotFound with the code ring_key_not_found."""
    keys = RingKeys(db)
    if fact.kind == CREATED:
        _create(keys, fact, position.seq, at)
    else:
        _revoke(keys, fact.data["kid"], at)
    return {}


def _create(keys: RingKeys, fact: Fact, seq: int, at: int) -> None:
    # A process that makes a due key names the newest key that it knows: of several processes, one succeeds.
    expected = fact.data.get("after")
    if expected is not None and expected != keys.newest():
        raise Conflict("Another process made a key in the meantime.")
    key = RingKey(
        kid=fact.data["kid"],
        seq=seq,
        sealed=fact.private["sealed"],
        created_at=at,
        usable_at=fact.data["usableAt"],
    )
    keys.write(key)
    keys.forget(at - RETENTION_MS)


def _revoke(keys: RingKeys, kid: str, at: int) -> None:
    if not keys.revoke(kid, at):
        raise NotFound(f"The ring has no key {kid!r} that could be revoked.", code="ring_key_not_found")
