"""Idle guests in SQL: finding them, marking those with scores, deleting the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from scoreboard.core.storage.db import Connection, execute, one_of
from scoreboard.core.storage.table import Table

# A role, a suspension and a ban from scoring are decisions of a moderator, which must be kept.
IDLE = "username IS NULL AND ranked = 0 AND role = 'player' AND scoring = 1 AND suspended_at IS NULL"


class IdleGuest(Struct, frozen=True, kw_only=True):
    """A guest whose session was not used for long, or is over."""

    player: str
    created_at: int


class StoredGuests(Table):
    """Accounts and sessions of guests."""

    def find_idle(self, before: int, after: IdleGuest, limit: int) -> list[IdleGuest]:
        """Up to `limit` guests that were last used before `before` (ms since 1970), the oldest first.

        `after` is the last guest of the page before.
        """
        text = (
            f"SELECT id, created_at FROM account WHERE {IDLE} AND created_at < ?"
            " AND (created_at, id) > (?, ?) AND NOT EXISTS"
            " (SELECT 1 FROM session WHERE session.player = account.id AND rotated_at >= ?)"
            " ORDER BY created_at, id LIMIT ?"
        )
        found = self.rows(text, (before, after.created_at, after.player, before, limit))
        return [IdleGuest(player=player, created_at=created_at) for player, created_at in found]

    def mark_ranked(self, players: Collection[str]) -> None:
        """Note that these guests have scores, so that they are not found again."""

        def mark(db: Connection) -> None:
            condition, value = one_of(db, "id", list(players))
            execute(db, f"UPDATE account SET ranked = 1 WHERE {condition}", (value,))

        self.transaction(mark)

    def delete(self, players: Sequence[str], before: int) -> list[str]:
        """Delete those of these guests who are still idle, with their sessions and names. Returns their ids.

        The caller runs it in a transaction.
        """
        condition, value = self.one_of("player", players)
        # A refresh at this moment either commits first and keeps the session, or waits and finds it deleted.
        self.execute(f"DELETE FROM session WHERE {condition} AND rotated_at < ?", (value, before))
        condition, value = self.one_of("id", players)
        unused = "NOT EXISTS (SELECT 1 FROM session WHERE session.player = account.id)"
        text = f"DELETE FROM account WHERE {condition} AND {IDLE} AND {unused} RETURNING id"
        deleted = [row[0] for row in self.rows(text, (value,))]
        condition, value = self.one_of("id", deleted)
        self.execute(f"DELETE FROM player WHERE {condition}", (value,))
        return deleted
