"""A database that can't do what it is asked: errors of four kinds, and the reason in each."""

from __future__ import annotations

from scoreboard.core.errors import Unavailable

# What each reason means, in the words of answers. `/readyz` and the log have the code.
REASONS = {
    "unreachable": "The database can't be reached.",
    "restarting": "The database is starting or shutting down.",
    "busy": "Another process holds the database for too long.",
    "timeout": "The database took too long.",
    "too_many_connections": "The database takes no more connections.",
    "limit_reached": "The database has reached a limit of its memory or its configuration.",
    "read_only": "The database is read-only at present.",
    "no_permission": "The database's user lacks a right that is needed.",
    "credentials": "The database refuses the user or the password.",
    "missing_database": "The database does not exist.",
    "not_migrated": "The database's tables are missing or of another version.",
    "corrupt": "The database is damaged.",
    "io_error": "The database can't read or write its files.",
    "full": "The disk of the database is full.",
    "failed": "The database has an error of its own.",
}


class DatabaseUnavailable(Exception):
    """The database can't do it now, and nothing is wrong with what was asked."""

    reason = "failed"

    def __init__(self, text: str = "", reason: str | None = None) -> None:
        """`text` is the driver's, for the log; `reason` is one of REASONS."""
        super().__init__(text)
        self.reason = reason or self.reason


class DatabaseLost(DatabaseUnavailable):
    """The connection broke or could not be made. If a commit was under way, its outcome is unknown."""

    reason = "unreachable"


class DatabaseBusy(DatabaseUnavailable):
    """It is at work for others, or took too long. The connection is good."""

    reason = "busy"


class DatabaseFull(DatabaseUnavailable):
    """The disk has no room left. Reads go on."""

    reason = "full"


class DatabaseDenied(DatabaseUnavailable):
    """It answers, and will not do it for this connection: it is read-only, damaged, or lacks rights."""


def unavailable(error: DatabaseUnavailable) -> Unavailable:
    """The answer to a request that met this error."""
    detail = f"{REASONS[error.reason]} Nothing was written. Send the same again later."
    if isinstance(error, DatabaseFull):
        return Unavailable(detail, code="storage_full", retry_after_seconds=10)
    return Unavailable(detail)
