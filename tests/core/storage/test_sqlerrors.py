"""Errors of databases by their codes: the code decides the meaning, not the text."""

from __future__ import annotations

import errno
import os
import re
from typing import get_args

import apsw
import peewee
import psycopg
import pytest

from scoreboard.core.storage.db import Database, execute, rows
from scoreboard.core.storage.sqlerrors import SQLSTATES, classify
from scoreboard.core.storage.unavailable import (
    REASONS,
    DatabaseBusy,
    DatabaseDenied,
    DatabaseFull,
    DatabaseLost,
    unavailable,
)
from scoreboard.ops.wire import Reason

KNOWN = sorted(
    one.sqlstate
    for one in vars(psycopg.errors).values()
    if isinstance(one, type)
    and issubclass(one, psycopg.Error)
    and re.match(r"[0-9A-Z]{5}$", one.sqlstate or "")
)


def peewee_error(state, text="not read"):
    """The error that peewee raises for this SQLSTATE of PostgreSQL."""
    original = psycopg.errors.lookup(state)(text)
    return peewee.DatabaseError(original, text)


def meaning_of(error):
    unavailable = classify(error)
    return unavailable and (type(unavailable), unavailable.reason)


def test_every_sqlstate_that_the_driver_knows_is_in_the_table():
    assert len(KNOWN) > 200
    assert {state[:2] for state in KNOWN} <= {state[:2] for state in SQLSTATES if len(state) == 2}
    assert {error.reason for state in KNOWN if (error := classify(peewee_error(state)))} <= REASONS.keys()


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("08006", (DatabaseLost, "unreachable")),
        ("08P01", (DatabaseLost, "unreachable")),
        ("25006", (DatabaseDenied, "read_only")),
        ("25P03", (DatabaseLost, "timeout")),
        ("28P01", (DatabaseDenied, "credentials")),
        ("3D000", (DatabaseDenied, "missing_database")),
        ("40001", (DatabaseBusy, "busy")),
        ("40P01", (DatabaseBusy, "busy")),
        ("42501", (DatabaseDenied, "no_permission")),
        ("42P01", (DatabaseDenied, "not_migrated")),
        ("53100", (DatabaseFull, "full")),
        ("53200", (DatabaseBusy, "limit_reached")),
        ("53300", (DatabaseLost, "too_many_connections")),
        ("53400", (DatabaseBusy, "limit_reached")),
        ("55P03", (DatabaseBusy, "busy")),
        ("57014", (DatabaseBusy, "timeout")),
        ("57P01", (DatabaseLost, "restarting")),
        ("57P02", (DatabaseLost, "restarting")),
        ("57P03", (DatabaseLost, "restarting")),
        ("58030", (DatabaseDenied, "io_error")),
        ("XX000", (DatabaseDenied, "failed")),
        ("XX001", (DatabaseDenied, "corrupt")),
        ("22003", None),
        ("23505", None),
        ("42601", None),
    ],
)
def test_the_sqlstate_decides_the_meaning_of_an_error(state, meaning):
    assert meaning_of(peewee_error(state)) == meaning


def test_the_text_means_nothing_if_there_is_a_code():
    assert meaning_of(peewee_error("22001", "disk full, database is locked, statement timeout")) is None


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("FATAL:  sorry, too many clients already", (DatabaseLost, "too_many_connections")),
        ('FATAL:  too many connections for role "ada"', (DatabaseLost, "too_many_connections")),
        ('FATAL:  password authentication failed for user "full"', (DatabaseDenied, "credentials")),
        ('FATAL:  role "ada" does not exist', (DatabaseDenied, "credentials")),
        ('FATAL:  database "disk full" does not exist', (DatabaseDenied, "missing_database")),
        ("FATAL:  the database system is starting up", (DatabaseLost, "restarting")),
        ("session is read-only", (DatabaseDenied, "read_only")),
        ("FATAL:  the disk is full of unknown words", (DatabaseLost, "unreachable")),
        ("Connection refused", (DatabaseLost, "unreachable")),
    ],
)
def test_a_refused_connection_has_no_code_so_known_words_are_read(words, meaning):
    text = f'connection failed: connection to server at "127.0.0.1", port 5432 failed: {words}'
    assert meaning_of(peewee.OperationalError(psycopg.OperationalError(text), text)) == meaning


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (apsw.SQLITE_READONLY, (DatabaseDenied, "read_only")),
        (apsw.SQLITE_READONLY_DBMOVED, (DatabaseDenied, "read_only")),
        (apsw.SQLITE_FULL, (DatabaseFull, "full")),
        (apsw.SQLITE_IOERR_WRITE, (DatabaseFull, "full")),
        (apsw.SQLITE_IOERR_FSYNC, (DatabaseLost, "io_error")),
        (apsw.SQLITE_BUSY_SNAPSHOT, (DatabaseBusy, "busy")),
        (apsw.SQLITE_LOCKED, (DatabaseBusy, "busy")),
        (apsw.SQLITE_CANTOPEN_ISDIR, (DatabaseLost, "unreachable")),
        (apsw.SQLITE_CORRUPT_INDEX, (DatabaseDenied, "corrupt")),
        (apsw.SQLITE_NOTADB, (DatabaseDenied, "corrupt")),
        (apsw.SQLITE_PERM, (DatabaseDenied, "no_permission")),
        (apsw.SQLITE_CONSTRAINT_UNIQUE, None),
        (apsw.SQLITE_TOOBIG, None),
    ],
)
def test_the_result_code_of_sqlite_decides_the_meaning_of_an_error(code, meaning):
    assert meaning_of(peewee.OperationalError(apsw.exception_for(code), "full, locked, busy")) == meaning


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (errno.ENOSPC, (DatabaseFull, "full")),
        (errno.EROFS, (DatabaseDenied, "read_only")),
        (errno.EACCES, (DatabaseDenied, "no_permission")),
        (errno.ECONNRESET, (DatabaseLost, "unreachable")),
    ],
)
def test_an_error_of_the_system_is_known_by_its_number(number, meaning):
    assert meaning_of(OSError(number, os.strerror(number))) == meaning


def test_every_reason_is_described_and_answered():
    assert REASONS.keys() <= set(get_args(Reason))
    for reason, words in REASONS.items():
        answer = unavailable(DatabaseDenied("secret words of the driver", reason))
        assert (answer.status, answer.code) == (503, "ledger_unavailable")
        assert answer.detail.startswith(words)
        assert "secret" not in answer.detail


@pytest.fixture
def file(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.run(lambda db: execute(db, "CREATE TABLE one (a INTEGER)"))
    yield database, tmp_path / "a.db"
    database.close()


def test_sqlite_is_opened_again_once_it_is_no_longer_damaged(file):
    database, path = file
    database.close()
    good = path.read_bytes()
    path.write_bytes(b"no database at all" * 1000)

    with pytest.raises(DatabaseDenied) as damaged:
        database.run(lambda db: rows(db, "SELECT a FROM one"))
    path.write_bytes(good)

    assert damaged.value.reason == "corrupt"
    assert database.run(lambda db: rows(db, "SELECT a FROM one")) == []


def test_sqlite_that_was_read_only_is_opened_again_for_writing(file):
    database, _ = file
    write = lambda db: execute(db, "INSERT INTO one VALUES (1)")  # noqa: E731

    # As a file that was opened where nothing could be written: the connection stays as it is.
    database.run(lambda db: execute(db, "PRAGMA query_only = 1"))
    with pytest.raises(DatabaseDenied) as raised:
        database.run(write)
    database.run(write)

    assert raised.value.reason == "read_only"
    assert database.run(lambda db: rows(db, "SELECT a FROM one")) == [(1,)]


def test_an_error_while_rows_are_read_is_known_as_well(file):
    database, _ = file
    # SQLite returns row by row, and only the second one fails.
    text = (
        "SELECT CASE a WHEN 1 THEN 1 ELSE abs(-9223372036854775808) END FROM (SELECT 1 AS a UNION SELECT 2)"
    )

    with pytest.raises(DatabaseDenied):
        database.run(lambda db: rows(db, text))
