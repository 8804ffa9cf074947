"""How facts change the table of the key ring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scoreboard.core.errors import Conflict, NotFound
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Recorded, Span
from scoreboard.keyring import store
from scoreboard.keyring.rules import KEPT_MS
from scoreboard.keyring.types import RingKey

CREATED, REVOKED = "ring-key-created", "ring-key-revoked"


@dataclass(frozen=True, kw_only=True)
class KeyRingFold:
    """Facts of the kinds "ring-key-created" and "ring-key-revoked"."""

    announce: Callable[[Span], None]
    kinds: frozenset[str] = frozenset({CREATED, REVOKED})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> KeyRingFoldBatch:
        """Nothing to load."""
        return KeyRingFoldBatch(db=db, at=at, announce=self.announce)


@dataclass(frozen=True, kw_only=True)
class KeyRingFoldBatch:
    """Changes of the ring in one batch."""

    db: Connection
    at: int
    announce: Callable[[Span], None]

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """Create or revoke a key. Raises Conflict or NotFound, ring_key_not_found."""
        if fact.kind == CREATED:
            self._create(fact, seq)
        else:
            self._revoke(fact.data["kid"])
        return {}

    def replay(self, recorded: Recorded) -> None:
        """Nothing is shown of keys."""

    def finish(self) -> None:
        """Everything is written already."""

    def project(self, span: Span) -> None:
        """Nothing is shown of keys."""
        self.announce(span)

    def _create(self, fact: Fact, seq: int) -> None:
        # Whoever makes a due key names the newest one that he knew: of several at once one makes it.
        known = fact.data.get("after")
        if known is not None and known != store.newest(self.db):
            raise Conflict("Another process made a key meanwhile.")
        key = RingKey(
            kid=fact.data["kid"],
            seq=seq,
            sealed=fact.private["sealed"],
            created_at=self.at,
            usable_at=fact.data["usableAt"],
        )
        store.write(self.db, key)
        store.forget(self.db, self.at - KEPT_MS)

    def _revoke(self, kid: str) -> None:
        if not store.revoke(self.db, kid, self.at):
            raise NotFound(f"The ring has no key {kid!r} that could be revoked.", code="ring_key_not_found")
