"""Server keys in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from scoreboard.accounts.types import ServerKey
from scoreboard.core.storage.table import Table

KEY = "id, name, scopes, created_at, revoked_at"


class ServerKeys(Table):
    """Server keys, found by the hash of their secret."""

    def by_hash(self, hash: str) -> ServerKey | None:
        """The key of this hash, revoked or not."""
        found = self.rows(f"SELECT {KEY} FROM server_key WHERE hash = ?", (hash,))
        return _key(found[0]) if found else None

    def all(self) -> list[ServerKey]:
        """Every key, oldest first."""
        return [_key(row) for row in self.rows(f"SELECT {KEY} FROM server_key ORDER BY created_at, id")]

    def write(self, key: ServerKey, hash: str) -> None:
        """Create a key, or replace the one of its id."""
        self.execute(
            "INSERT INTO server_key (id, name, hash, scopes, created_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, hash = excluded.hash,"
            " scopes = excluded.scopes, created_at = excluded.created_at, revoked_at = NULL",
            (key.id, key.name, hash, " ".join(key.scopes), key.created_at),
        )

    def revoke(self, id: str, at: int) -> bool:
        """Revoke a key. Returns whether there was one to revoke."""
        text = "UPDATE server_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING id"
        return bool(self.rows(text, (at, id)))


def _key(row: Sequence[object]) -> ServerKey:
    id, name, scopes, created_at, revoked_at = row
    return ServerKey(
        id=str(id),
        name=str(name),
        scopes=tuple(str(scopes).split()),
        created_at=int(str(created_at)),
        revoked_at=None if revoked_at is None else int(str(revoked_at)),
    )
