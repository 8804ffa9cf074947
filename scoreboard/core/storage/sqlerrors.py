"""The meaning of errors of PostgreSQL and SQLite, by their codes: one table for each."""

from __future__ import annotations

import errno
from typing import Any

import apsw
import peewee
import psycopg

from scoreboard.core.storage.unavailable import (
    DatabaseBusy,
    DatabaseDenied,
    DatabaseFull,
    DatabaseLost,
    DatabaseUnavailable,
)

# Errors of drivers, before they are classified.
DriverError = (peewee.PeeweeException, psycopg.Error, apsw.Error, OSError)

Meaning = tuple[type[DatabaseUnavailable], str] | None
DEFECT: Meaning = None  # a defect of a statement or its values, in this code: the database is fine

# By SQLSTATE or, if it is missing, by its class, the first two characters.
SQLSTATES: dict[str, Meaning] = {
    "02": DEFECT,
    "03": DEFECT,
    "08": (DatabaseLost, "unreachable"),  # a pooler reports all its refusals as 08P01
    "09": DEFECT,
    "0A": DEFECT,
    "0B": DEFECT,
    "0F": DEFECT,
    "0L": (DatabaseDenied, "no_permission"),
    "0P": (DatabaseDenied, "no_permission"),
    "0Z": DEFECT,
    "10": DEFECT,
    "20": DEFECT,
    "21": DEFECT,
    "22": DEFECT,
    "23": DEFECT,
    "24": DEFECT,
    "25": DEFECT,
    "25006": (DatabaseDenied, "read_only"),
    "25P03": (DatabaseLost, "timeout"),  # idle in a transaction for too long: the server ends the connection
    "25P04": (DatabaseLost, "timeout"),
    "26": (DatabaseDenied, "failed"),  # a prepared statement is gone: the connection can't be used any more
    "27": DEFECT,
    "28": (DatabaseDenied, "credentials"),
    "2B": DEFECT,
    "2D": DEFECT,
    "2F": DEFECT,
    "34": DEFECT,
    "38": DEFECT,
    "39": DEFECT,
    "3B": DEFECT,
    "3D": (DatabaseDenied, "missing_database"),
    "3F": (DatabaseDenied, "not_migrated"),
    "40": (DatabaseBusy, "busy"),
    "40002": DEFECT,
    "40003": (DatabaseLost, "unreachable"),
    "42": DEFECT,
    "42501": (DatabaseDenied, "no_permission"),
    "42703": (DatabaseDenied, "not_migrated"),
    "42P01": (DatabaseDenied, "not_migrated"),
    "42P05": (DatabaseDenied, "failed"),  # as 26: another client's prepared statement exists
    "44": DEFECT,
    "53": (DatabaseBusy, "limit_reached"),
    "53100": (DatabaseFull, "full"),
    "53300": (DatabaseLost, "too_many_connections"),
    "54": DEFECT,
    "55": (DatabaseBusy, "busy"),
    "57": (DatabaseLost, "restarting"),
    "57014": (DatabaseBusy, "timeout"),
    "57P04": (DatabaseDenied, "missing_database"),
    "57P05": (DatabaseLost, "timeout"),
    "58": (DatabaseDenied, "io_error"),
    "72": (DatabaseBusy, "timeout"),
    "F0": (DatabaseDenied, "failed"),
    "HV": DEFECT,
    "P0": DEFECT,
    "XX": (DatabaseDenied, "failed"),  # hosts report an exhausted quota as XX000
    "XX001": (DatabaseDenied, "corrupt"),
    "XX002": (DatabaseDenied, "corrupt"),
}

# By extended result code or, if it is missing, by result code.
SQLITE: dict[int, Meaning] = {
    apsw.SQLITE_ERROR: (DatabaseDenied, "not_migrated"),  # statements are tested: the tables differ
    apsw.SQLITE_INTERNAL: (DatabaseDenied, "failed"),
    apsw.SQLITE_PERM: (DatabaseDenied, "no_permission"),
    apsw.SQLITE_ABORT: (DatabaseBusy, "busy"),
    apsw.SQLITE_BUSY: (DatabaseBusy, "busy"),
    apsw.SQLITE_LOCKED: (DatabaseBusy, "busy"),
    apsw.SQLITE_NOMEM: (DatabaseBusy, "limit_reached"),
    apsw.SQLITE_READONLY: (DatabaseDenied, "read_only"),
    apsw.SQLITE_INTERRUPT: (DatabaseBusy, "timeout"),
    apsw.SQLITE_IOERR: (DatabaseLost, "io_error"),  # also for a commit, which may or may not be written then
    # SQLite calls it full if the device is. A quota or a limit of files is a write that failed.
    apsw.SQLITE_IOERR_WRITE: (DatabaseFull, "full"),
    apsw.SQLITE_IOERR_SHMSIZE: (DatabaseFull, "full"),
    apsw.SQLITE_CORRUPT: (DatabaseDenied, "corrupt"),
    apsw.SQLITE_FULL: (DatabaseFull, "full"),
    apsw.SQLITE_CANTOPEN: (DatabaseLost, "unreachable"),
    apsw.SQLITE_PROTOCOL: (DatabaseBusy, "busy"),
    apsw.SQLITE_SCHEMA: (DatabaseBusy, "busy"),
    apsw.SQLITE_AUTH: (DatabaseDenied, "no_permission"),
    apsw.SQLITE_NOTADB: (DatabaseDenied, "corrupt"),
    apsw.SQLITE_TOOBIG: DEFECT,
    apsw.SQLITE_CONSTRAINT: DEFECT,
    apsw.SQLITE_MISMATCH: DEFECT,
    apsw.SQLITE_MISUSE: DEFECT,
    apsw.SQLITE_RANGE: DEFECT,
}

ERRNOS: dict[int | None, Meaning] = {
    errno.ENOSPC: (DatabaseFull, "full"),
    errno.EDQUOT: (DatabaseFull, "full"),
    errno.EFBIG: (DatabaseFull, "full"),
    errno.EROFS: (DatabaseDenied, "read_only"),
    errno.EACCES: (DatabaseDenied, "no_permission"),
    errno.EPERM: (DatabaseDenied, "no_permission"),
    errno.EIO: (DatabaseDenied, "io_error"),
}

# If a quota or a limit of files keeps a table from growing, PostgreSQL reports an internal error, unlike
# for a full device. It names the function that failed, the same in every language.
EXTENDING = frozenset({"mdextend", "mdzeroextend"})

# libpq passes on no SQLSTATE of a refused connection, only the text of the server or pooler. A text that is
# unknown, or in another language, counts as unreachable; the log has it.
REFUSALS = (
    ("too many clients", "53300"),
    ("too many connections", "53300"),
    ("remaining connection slots", "53300"),
    ("no more connections allowed", "53300"),
    ("max client connections reached", "53300"),
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("not permitted to log in", "28000"),
    ("auth failed", "28000"),
    ("no such user", "28000"),
    ("no such database", "3D000"),
    ("permission denied for database", "42501"),
    ("is not currently accepting connections", "57P03"),
    ("not accepting connections", "57P03"),
    ("is starting up", "57P03"),
    ("is shutting down", "57P03"),
    ("in recovery mode", "57P03"),
    ("not yet accepting connections", "57P03"),
    ("session is read-only", "25006"),  # of libpq itself, if target_session_attrs asks for another one
    ("server is in hot standby mode", "25006"),
)
DOES_NOT_EXIST = (('role "', "28000"), ('database "', "3D000"))


def classify(error: BaseException) -> DatabaseUnavailable | None:
    """The meaning of a driver's error for the caller; None for a defect of this code."""
    meaning = _meaning(error)
    if meaning is None:
        return None
    kind, reason = meaning
    return kind(str(error).strip(), reason)


def _meaning(error: BaseException) -> Meaning:
    original: Any = getattr(error, "orig", error)  # peewee wraps the errors of drivers
    if isinstance(original, apsw.Error):
        return _of_sqlite(original)
    state = getattr(original, "sqlstate", None)
    if state == "XX000" and original.diag.source_function in EXTENDING:
        return DatabaseFull, "full"
    if state:
        return SQLSTATES.get(state, SQLSTATES.get(state[:2], (DatabaseDenied, "failed")))
    if isinstance(original, OSError):
        return ERRNOS.get(original.errno, (DatabaseLost, "unreachable"))
    lost = (psycopg.OperationalError, psycopg.InterfaceError, peewee.OperationalError, peewee.InterfaceError)
    return _refused(str(original)) if isinstance(original, lost) else DEFECT


def _of_sqlite(error: apsw.Error) -> Meaning:
    result = getattr(error, "result", None)
    if result is None:  # an error of apsw itself
        return (DatabaseLost, "unreachable") if isinstance(error, apsw.ConnectionClosedError) else DEFECT
    return SQLITE.get(
        getattr(error, "extendedresult", result), SQLITE.get(result, (DatabaseDenied, "failed"))
    )


def _refused(text: str) -> Meaning:
    words = text.lower()
    states = [state for part, state in REFUSALS if part in words]
    if "does not exist" in words:
        states += [state for part, state in DOES_NOT_EXIST if part in words]
    return SQLSTATES.get(states[0], SQLSTATES[states[0][:2]]) if states else (DatabaseLost, "unreachable")
