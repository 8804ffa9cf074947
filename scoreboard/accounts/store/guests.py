"""Guests in SQL that were not used for long: found, told from those with scores, and deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from scoreboard.core.storage.db import Connection, Database, execute, one_of, rows

# A moderator, or one who was suspended or kept from scoring, is somebody's decision, which stays.
IDLE = "username IS NULL AND ranked = 0 AND role = 'player' AND scoring = 1 AND suspended_at IS NULL"


class Idle(Struct, frozen=True, kw_only=True):
    """A guest whose session was not used for long, or is over."""

    player: str
    created_at: int


class StoredGuests:
    """Guests, as the worker looks for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def idle(self, before: int, after: Idle, limit: int) -> list[Idle]:
        """Guests that were last used before then, the oldest first, those after a given one."""
        text = (
            f"SELECT id, created_at FROM account WHERE {IDLE} AND created_at < ?"
            " AND (created_at, id) > (?, ?) AND NOT EXISTS"
            " (SELECT 1 FROM session WHERE session.player = account.id AND rotated_at >= ?)"
            " ORDER BY created_at, id LIMIT ?"
        )
        params = (before, after.created_at, after.player, before, limit)
        found = self._database.run(lambda db: rows(db, text, params))
        return [Idle(player=player, created_at=created_at) for player, created_at in found]

    def mark_ranked(self, players: Collection[str]) -> None:
        """Note that these have scores, so that nobody looks for them again."""

        def mark(db: Connection) -> None:
            condition, value = one_of(db, "id", list(players))
            execute(db, f"UPDATE account SET ranked = 1 WHERE {condition}", (value,))

        self._database.transaction(mark)


def delete(db: Connection, players: Sequence[str], before: int) -> list[str]:
    """Delete those of these guests who are still idle, with their sessions and names. Returns them."""
    condition, value = one_of(db, "player", players)
    # Whoever refreshes the session at this moment goes first, and keeps it; or waits, and finds it gone.
    execute(db, f"DELETE FROM session WHERE {condition} AND rotated_at < ?", (value, before))
    condition, value = one_of(db, "id", players)
    unused = "NOT EXISTS (SELECT 1 FROM session WHERE session.player = account.id)"
    text = f"DELETE FROM account WHERE {condition} AND {IDLE} AND {unused} RETURNING id"
    deleted = [row[0] for row in rows(db, text, (value,))]
    condition, value = one_of(db, "id", deleted)
    execute(db, f"DELETE FROM player WHERE {condition}", (value,))
    return deleted
