"""Connections to PostgreSQL that know whether their session is their own.

A pooler such as PgBouncer may give each transaction another session of the server. Settings and prepared
statements of a session would then affect other clients, and be missing here. So a connection counts as a
pooler's unless the server proves otherwise: a pooler tells its clients a made-up process id when they
connect, as they have no session yet.
"""

from __future__ import annotations

import time
from contextlib import suppress
from math import inf
from typing import Any

import peewee
import psycopg

# Then it is replaced: after a fail-over a new one may reach the new primary, or a quota may be lifted.
READ_ONLY_SECONDS = 1.0

# The limits of every transaction. A process that hangs must not keep the journal's lock.
LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "5s",
    "synchronous_commit": "on",
}
# Set for the session if it is our own. In a pooler's session they hold for this statement only.
_SETTINGS = ", ".join(f"set_config('{name}', '{value}', NOT own)" for name, value in LIMITS.items())
INTRODUCTION = (
    f"SELECT own, current_setting('transaction_read_only') = 'off', {_SETTINGS}"
    " FROM (SELECT pg_backend_pid() = %s AS own) AS session"
)
SET_LOCAL = "".join(f"; SET LOCAL {name} = '{value}'" for name, value in LIMITS.items())


# A pooler would hand out a read-only session for another hour. Then it opens a new one, which may write.
END_READ_ONLY = (
    "SELECT pg_terminate_backend(pg_backend_pid()) WHERE current_setting('transaction_read_only') = 'on'"
)


class Session(psycopg.Connection[Any]):
    """A connection, with the properties of its session."""

    own = False  # no pooler is between us and the server's process
    expires = inf  # by the monotonic clock

    def introduce(self) -> None:
        """Ask whether the session is our own, and set its limits, in one round trip. Raises psycopg.Error."""
        row = self.execute(INTRODUCTION, (self.info.backend_pid,)).fetchone()
        assert row is not None
        self.own, writable = row[:2]
        if not self.own:
            self.prepare_threshold = None
        if not writable:
            self.expires = time.monotonic() + READ_ONLY_SECONDS

    def leave(self) -> None:
        """End a pooler's read-only session, so that the pooler does not keep it."""
        if not self.own:
            with suppress(psycopg.Error):
                self.execute(END_READ_ONLY)

    def beginning(self, isolation: str | None) -> str:
        """The statements that begin a transaction, in one round trip."""
        text = f"BEGIN ISOLATION LEVEL {isolation}" if isolation else "BEGIN"
        return text if self.own else text + SET_LOCAL


class Adapter(peewee.Psycopg3Adapter):
    """Lets peewee connect by Session."""

    def connect(self, db: peewee.PostgresqlDatabase, **params: Any) -> Session:
        """Connect by the database's URL and these further parameters of libpq."""
        return Session.connect(db.database, autocommit=True, **params)
