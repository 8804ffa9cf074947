"""Connections to PostgreSQL that know whether the session behind them is their own.

A pooler such as PgBouncer may give each transaction another session of the server. What is set for a session
or prepared in it would then be met by others, and missed here. So a connection is taken for a pooler's unless
the server proves otherwise: a client of a pooler is told a made-up process id when it connects, as it has no
session yet.
"""

from __future__ import annotations

import time
from contextlib import suppress
from math import inf
from typing import Any

import peewee
import psycopg

# After that another one is made: after a fail-over it may reach the new primary, or a quota may be lifted.
READ_ONLY_SECONDS = 1.0

# What every transaction is bound by. A process that falls silent must not keep the journal's lock.
LIMITS = {
    "statement_timeout": "30s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "5s",
    "synchronous_commit": "on",
}
# Set for the session where it is our own. A pooler's session has them until the end of this statement only.
_SETTINGS = ", ".join(f"set_config('{name}', '{value}', NOT own)" for name, value in LIMITS.items())
INTRODUCTION = (
    f"SELECT own, current_setting('transaction_read_only') = 'off', {_SETTINGS}"
    " FROM (SELECT pg_backend_pid() = %s AS own) AS session"
)
SET_LOCAL = "".join(f"; SET LOCAL {name} = '{value}'" for name, value in LIMITS.items())


# A pooler would give out such a session for another hour. Its server makes a new one, which may write again.
END_READ_ONLY = (
    "SELECT pg_terminate_backend(pg_backend_pid()) WHERE current_setting('transaction_read_only') = 'on'"
)


class Session(psycopg.Connection[Any]):
    """A connection, and what the server said when it was introduced."""

    own = False  # no pooler is between us and the server's process
    expires = inf  # by the monotonic clock

    def introduce(self) -> None:
        """Ask whose session this is, and set its limits; one round trip. Raises psycopg.Error."""
        row = self.execute(INTRODUCTION, (self.info.backend_pid,)).fetchone()
        assert row is not None
        self.own, writable = row[:2]
        if not self.own:
            self.prepare_threshold = None
        if not writable:
            self.expires = time.monotonic() + READ_ONLY_SECONDS

    def leave(self) -> None:
        """Say goodbye to a read-only session, so that no pooler keeps it."""
        if not self.own:
            with suppress(psycopg.Error):
                self.execute(END_READ_ONLY)

    def beginning(self, isolation: str | None) -> str:
        """What begins a transaction, in one round trip."""
        text = f"BEGIN ISOLATION LEVEL {isolation}" if isolation else "BEGIN"
        return text if self.own else text + SET_LOCAL


class Adapter(peewee.Psycopg3Adapter):
    """Makes peewee's connections sessions."""

    def connect(self, db: peewee.PostgresqlDatabase, **params: Any) -> Session:
        """Connect by the database's URL and these further parameters of libpq."""
        return Session.connect(db.database, autocommit=True, **params)
