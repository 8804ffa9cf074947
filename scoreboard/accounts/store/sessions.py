"""Sessions and revocations in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoreboard.accounts.types import Revocation, Session
from scoreboard.core.storage.db import Rows, rows
from scoreboard.core.storage.table import Table

SESSION = "id, player, generation, created_at, rotated_at, expires_at, ended_at, ended_why"
# Reasons for which a session ended (`ended_why`):
MERGED = "merged into an account"  # the guest's player is part of an account now
REPLACED = "replaced"  # the player got another session
FIND_REVOCATIONS = (
    "SELECT r.subject, r.at, CASE WHEN a.suspended_at IS NOT NULL THEN 'suspended'"
    f" WHEN a.id IS NOT NULL THEN 'changed' WHEN s.ended_why = '{REPLACED}' THEN 'replaced'"
    " ELSE 'ended' END FROM revocation r"
    " LEFT JOIN account a ON a.id = r.subject LEFT JOIN session s ON s.id = r.subject WHERE r.at > ?"
)
REVOCATIONS = Rows(
    table="revocation",
    columns=(("subject", "text"), ("at", "bigint")),
    conflict="ON CONFLICT (subject) DO UPDATE SET at = excluded.at",
)
FORGET_MS = 86_400_000  # access tokens have expired long before
SLICE = 500  # rows that are deleted in one transaction
MAX_LISTED = 100  # sessions that `open_of` returns
RECENT_MS = 3_600_000  # a session that was not refreshed for so long has no valid access token


class StoredSessions(Table):
    """The tables of sessions and of revocations."""

    def get(self, id: str, *, lock: bool = False) -> Session | None:
        """A session. `lock` keeps others from rotating it until the transaction ends."""
        # A transaction of SQLite locks the whole file.
        locking = " FOR UPDATE" if lock and self.postgres else ""
        found = self.rows(f"SELECT {SESSION} FROM session WHERE id = ?{locking}", (id,))
        return _session(found[0]) if found else None

    def open_of(self, player: str, now: int) -> list[Session]:
        """A player's open sessions, the one that was used last first."""
        text = (
            f"SELECT {SESSION} FROM session WHERE player = ? AND ended_at IS NULL AND expires_at > ?"
            f" ORDER BY rotated_at DESC, id LIMIT {MAX_LISTED}"
        )
        return [_session(row) for row in self.rows(text, (player, now))]

    def is_familiar(self, player: str, network: str) -> bool:
        """True if a stored session of the player was opened from this network, ended or not."""
        text = "SELECT 1 FROM session WHERE player = ? AND network = ? LIMIT 1"
        return bool(self.rows(text, (player, network)))

    def create(self, id: str, player: str, *, network: str, at: int, expires_at: int) -> None:
        """Begin a session. `network` is the keyed hash of the network that the player signs in from."""
        self.execute(
            "INSERT INTO session (id, player, network, generation, created_at, rotated_at, expires_at)"
            " VALUES (?, ?, ?, 1, ?, ?, ?)",
            (id, player, network, at, at, expires_at),
        )

    def rotate(self, session: Session) -> None:
        """Make the session's generation the valid one."""
        self.execute(
            "UPDATE session SET generation = ?, rotated_at = ?, expires_at = ? WHERE id = ?",
            (session.generation, session.rotated_at, session.expires_at, session.id),
        )

    def end(self, id: str, *, at: int, why: str) -> bool:
        """End a session. Returns whether it was open."""
        text = "UPDATE session SET ended_at = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL RETURNING id"
        return bool(self.rows(text, (at, why, id)))

    def end_all(self, player: str, *, except_for: str, at: int, why: str) -> list[str]:
        """End all sessions of a player except `except_for`. Returns those whose access token may be valid."""
        text = (
            "UPDATE session SET ended_at = ?, ended_why = ?"
            " WHERE player = ? AND id <> ? AND ended_at IS NULL RETURNING id, rotated_at"
        )
        found = self.rows(text, (at, why, player, except_for))
        return [id for id, rotated_at in found if rotated_at > at - RECENT_MS]

    def forget(self, before: int) -> None:
        """Delete sessions that ended or expired before `before`. Their tokens are refused in any case."""
        text = (
            "DELETE FROM session WHERE id IN"
            " (SELECT id FROM session WHERE expires_at < ? OR ended_at < ? LIMIT ?) RETURNING id"
        )
        # Slice by slice, so that the write lock is never held for long.
        while len(self.transaction(lambda db: rows(db, text, (before, before, SLICE)))) == SLICE:
            pass

    def revocations(self, since: int) -> dict[str, Revocation]:
        """Revocations after `since`, by session or player."""
        found = self.rows(FIND_REVOCATIONS, (since,))
        return {subject: Revocation(at=at, why=why) for subject, at, why in found}

    def revoke(self, subjects: Sequence[str], at: int) -> None:
        """Refuse access tokens of sessions or players from now on, if they are older than `at`."""
        self.execute("DELETE FROM revocation WHERE at < ?", (at - FORGET_MS,))
        self.run(lambda db: REVOCATIONS.write(db, [(subject, at) for subject in subjects]))


def _session(row: Sequence[Any]) -> Session:
    id, player, generation, created_at, rotated_at, expires_at, ended_at, ended_why = row
    return Session(
        id=id,
        player=player,
        generation=generation,
        created_at=created_at,
        rotated_at=rotated_at,
        expires_at=expires_at,
        ended_at=ended_at,
        ended_why=ended_why,
    )
