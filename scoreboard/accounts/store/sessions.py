"""Sessions in SQL, and what was revoked before it expired."""

from __future__ import annotations

import peewee

from scoreboard.accounts.types import Session
from scoreboard.core.db import Connection, Database, execute, rows

SESSION = "id, player, generation, rotated_at, expires_at, ended_at"
FORGET_MS = 86_400_000  # access tokens are long gone by then
SLICE = 500


class StoredSessions:
    """Sessions and revocations, as web processes read and rotate them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, id: str) -> Session | None:
        """A session."""
        return self.database.run(lambda db: session(db, id))

    def revocations(self, since: int) -> list[tuple[str, int]]:
        """What was revoked after `since`: sessions and players, with the time."""
        text = "SELECT subject, at FROM revocation WHERE at > ?"
        return [(str(row[0]), int(row[1])) for row in self.database.run(lambda db: rows(db, text, (since,)))]

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
    id, player, generation, rotated_at, expires_at, ended_at = found[0]
    return Session(
        id=id,
        player=player,
        generation=generation,
        rotated_at=rotated_at,
        expires_at=expires_at,
        ended_at=ended_at,
    )


def create(db: Connection, id: str, player: str, *, at: int, expires_at: int) -> None:
    """Begin a session."""
    execute(
        db,
        "INSERT INTO session (id, player, generation, created_at, rotated_at, expires_at)"
        " VALUES (?, ?, 1, ?, ?, ?)",
        (id, player, at, at, expires_at),
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


def revoke(db: Connection, subject: str, at: int) -> None:
    """Note that access tokens of a session or a player that are older than `at` are good no more."""
    execute(db, "DELETE FROM revocation WHERE at < ?", (at - FORGET_MS,))
    execute(
        db,
        "INSERT INTO revocation (subject, at) VALUES (?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET at = excluded.at",
        (subject, at),
    )
