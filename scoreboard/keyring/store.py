"""The table of the key ring. Roots lie in it sealed."""

from __future__ import annotations

from typing import Any

from scoreboard.core.storage.db import Connection, Database, execute, rows
from scoreboard.keyring.types import RingKey

COLUMNS = "kid, seq, sealed, created_at, usable_at, revoked_at"


class RingKeys:
    """The keys of the ring, as they are read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[RingKey]:
        """Every key, in the order in which they were made."""
        text = f"SELECT {COLUMNS} FROM ring_key ORDER BY seq"
        return [_ring_key(row) for row in self._database.run(lambda db: rows(db, text))]


def newest(db: Connection) -> str:
    """The key that was made last; "" where there is none."""
    found = rows(db, "SELECT kid FROM ring_key ORDER BY seq DESC LIMIT 1")
    return str(found[0][0]) if found else ""


def write(db: Connection, key: RingKey) -> None:
    """Add a key."""
    execute(
        db,
        f"INSERT INTO ring_key ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        (key.kid, key.seq, key.sealed, key.created_at, key.usable_at, key.revoked_at),
    )


def revoke(db: Connection, kid: str, at: int) -> bool:
    """Revoke a key. Returns whether there was one to revoke."""
    text = "UPDATE ring_key SET revoked_at = ? WHERE kid = ? AND revoked_at IS NULL RETURNING kid"
    return bool(rows(db, text, (at, kid)))


def forget(db: Connection, before: int) -> None:
    """Delete the keys that another one had succeeded already by then."""
    execute(
        db,
        "DELETE FROM ring_key WHERE usable_at <"
        " (SELECT MAX(usable_at) FROM ring_key WHERE revoked_at IS NULL AND usable_at <= ?)",
        (before,),
    )


def _ring_key(row: tuple[Any, ...]) -> RingKey:
    kid, seq, sealed, created_at, usable_at, revoked_at = row
    return RingKey(
        kid=kid,
        seq=seq,
        sealed=bytes(sealed),
        created_at=created_at,
        usable_at=usable_at,
        revoked_at=revoked_at,
    )
