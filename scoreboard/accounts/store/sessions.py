"""Sessions in SQL, and what was revoked before it expired."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from scoreboard.accounts.types import Revocation, Session
from scoreboard.core.storage.db import Connection, Database, Rows, execute, rows

SESSION = "id, player, generation, created_at, rotated_at, expires_at, ended_at, ended_why"
MERGED = "merged into an account"  # why a guest's sessions ended whose player is part of another one
REPLACED = "replaced"  # why a session ended whose player goes on with another one
REVOKED = (
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
FORGET_MS = 86_400_000  # access tokens are long gone by then
SLICE = 500
LISTED = 100
RECENT_MS = 3_600_000  # a session that was not refreshed for so long has no access token out


class StoredSessions:
    """Sessions and revocations, as web processes read and rotate them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, id: str) -> Session | None:
        """A session."""
        return self.database.run(lambda db: session(db, id))

    def open_of(self, player: str, now: int) -> list[Session]:
        """A player's open sessions, the one that was used last first."""
        text = (
            f"SELECT {SESSION} FROM session WHERE player = ? AND ended_at IS NULL AND expires_at > ?"
            f" ORDER BY rotated_at DESC, id LIMIT {LISTED}"
        )
        return [_session(row) for row in self.database.run(lambda db: rows(db, text, (player, now)))]

    def familiar(self, player: str, network: str) -> bool:
        """Whether the player signed in from this network before, by a session that is not forgotten."""
        text = "SELECT 1 FROM session WHERE player = ? AND network = ? LIMIT 1"
        return bool(self.database.run(lambda db: rows(db, text, (player, network))))

    def revocations(self, since: int) -> dict[str, Revocation]:
        """Revocations after `since`, by session or player."""
        found = self.database.run(lambda db: rows(db, REVOKED, (since,)))
        return {subject: Revocation(at=at, why=why) for subject, at, why in found}

    def forget(self, before: int) -> None:
        """Delete sessions that were over before then: to their tokens they are so or so."""
        text = (
            "DELETE FROM session WHERE id IN"
            " (SELECT id FROM session WHERE expires_at < ? OR ended_at < ? LIMIT ?) RETURNING id"
        )
        # Slice by slice: nobody waits long for the write lock.
        while len(self.database.transaction(lambda db: rows(db, text, (before, before, SLICE)))) == SLICE:
            pass


def session(db: Connection, id: str, *, lock: bool = False) -> Session | None:
    """A session. `lock` keeps others from rotating it at the same time, in a transaction."""
    locking = " FOR UPDATE" if lock and isinstance(db, peewee.PostgresqlDatabase) else ""
    found = rows(db, f"SELECT {SESSION} FROM session WHERE id = ?{locking}", (id,))
    if not found:
        return None
    return _session(found[0])


def create(db: Connection, id: str, player: str, *, network: str, at: int, expires_at: int) -> None:
    """Begin a session. `network` is the keyed hash of where the player signs in from."""
    execute(
        db,
        "INSERT INTO session (id, player, network, generation, created_at, rotated_at, expires_at)"
        " VALUES (?, ?, ?, 1, ?, ?, ?)",
        (id, player, network, at, at, expires_at),
    )


def rotate(db: Connection, session: Session) -> None:
    """Make the session's generation the good one."""
    execute(
        db,
        "UPDATE session SET generation = ?, rotated_at = ?, expires_at = ? WHERE id = ?",
        (session.generation, session.rotated_at, session.expires_at, session.id),
    )


def end(db: Connection, id: str, *, at: int, why: str) -> bool:
    """End a session. Returns whether it was open."""
    text = "UPDATE session SET ended_at = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL RETURNING id"
    return bool(rows(db, text, (at, why, id)))


def end_all(db: Connection, player: str, *, spared: str, at: int, why: str) -> list[str]:
    """End all sessions of a player but one. Returns those of which an access token may be out."""
    text = (
        "UPDATE session SET ended_at = ?, ended_why = ?"
        " WHERE player = ? AND id <> ? AND ended_at IS NULL RETURNING id, rotated_at"
    )
    found = rows(db, text, (at, why, player, spared))
    return [id for id, rotated_at in found if rotated_at > at - RECENT_MS]


def revoke(db: Connection, subjects: Sequence[str], at: int) -> None:
    """Note that access tokens of sessions or players that are older than `at` are good no more."""
    execute(db, "DELETE FROM revocation WHERE at < ?", (at - FORGET_MS,))
    REVOCATIONS.write(db, [(subject, at) for subject in subjects])


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
