"""The errors of a database that can't serve requests. There are four kinds; each error has a reason."""

from __future__ import annotations

from scoreboard.core.errors import Unavailable

# The text in answers for each reason. `/readyz` and the log have the reason itself.
REASONS = {
    "unreachable": "The database can't be reached.",
    "restarting": "The database is starting or shutting down.",
    "busy": "Another process holds the database for too long.",
    "timeout": "The database took too long.",
    "too_many_connections": "The database accepts no more connections.",
    "limit_reached": "The database has reached a limit of its memory or its configuration.",
    "read_only": "The database is read-only.",
    "no_permission": "The database's user lacks a required right.",
    "credentials": "The database rejects the user or the password.",
    "missing_database": "The database does not exist.",
    "not_migrated": "The database's tables are missing or of another version.",
    "corrupt": "The database is damaged.",
    "io_error": "The database can't read or write its files.",
    "full": "The disk of the database is full.",
    "failed": "The database has an internal error.",
}


class DatabaseUnavailable(Exception):
    """The database can't serve a valid request now."""

    reason = "failed"

    def __init__(self, text: str = "", reason: str | None = None) -> None:
        """`text` is the driver's message, for the log; `reason` is a key of REASONS."""
        super().__init__(text)
        self.reason = reason or self.reason


class DatabaseLost(DatabaseUnavailable):
    """The connection broke or could not be opened. If a commit had begun, its outcome is unknown."""

    reason = "unreachable"


class DatabaseBusy(DatabaseUnavailable):
    """The database is busy, or took too long. The connection can still be used."""

    reason = "busy"


class DatabaseFull(DatabaseUnavailable):
    """The disk is full. Reads still work."""

    reason = "full"


class DatabaseDenied(DatabaseUnavailable):
    """The database answers, but refuses the request: it is read-only or damaged, or the user lacks rights."""


def unavailable(error: DatabaseUnavailable) -> Unavailable:
    """The error to answer a request with that failed because of this one."""
    detail = f"{REASONS[error.reason]} Nothing was written. Send the request again later."
    if isinstance(error, DatabaseFull):
        return Unavailable(detail, code="storage_full", retry_after_seconds=10)
    return Unavailable(detail)
