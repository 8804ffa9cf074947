"""The table of the key ring. It holds the keys' roots sealed."""

from __future__ import annotations

from typing import Any

from scoreboard.core.storage.table import Table
from scoreboard.keyring.types import RingKey

COLUMNS = "kid, seq, sealed, created_at, usable_at, revoked_at"


class RingKeys(Table):
    """The keys of the key ring."""

    def all(self) -> list[RingKey]:
        """All keys, the oldest first."""
        return [_ring_key(row) for row in self.rows(f"SELECT {COLUMNS} FROM ring_key ORDER BY seq")]

    def newest(self) -> str:
        """The kid of the newest key; "" if there is none."""
        rows = self.rows("SELECT kid FROM ring_key ORDER BY seq DESC LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def write(self, key: RingKey) -> None:
        """Add a key."""
        self.execute(
            f"INSERT INTO ring_key ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            (key.kid, key.seq, key.sealed, key.created_at, key.usable_at, key.revoked_at),
        )

    def revoke(self, kid: str, at: int) -> bool:
        """Revoke a key. Returns False if there is no such key, or it is revoked already."""
        text = "UPDATE ring_key SET revoked_at = ? WHERE kid = ? AND revoked_at IS NULL RETURNING kid"
        return bool(self.rows(text, (at, kid)))

    def forget(self, before: int) -> None:
        """Delete the keys that a newer, unrevoked key replaced at the time `before` or earlier."""
        self.execute(
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
