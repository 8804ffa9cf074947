"""Errors of databases by their codes: each has a meaning, and words alone have none."""

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
from scoreboard.core.storage.unavailable import REASONS, Busy, Denied, Full, Lost, unavailable
from scoreboard.ops.wire import Reason

KNOWN = sorted(
    one.sqlstate
    for one in vars(psycopg.errors).values()
    if isinstance(one, type)
    and issubclass(one, psycopg.Error)
    and re.match(r"[0-9A-Z]{5}$", one.sqlstate or "")
)


def raised(state, text="nobody reads this"):
    """What peewee raises for an error that PostgreSQL gave this SQLSTATE."""
    original = psycopg.errors.lookup(state)(text)
    return peewee.DatabaseError(original, text)


def meant(error):
    named = classify(error)
    return named and (type(named), named.reason)


def test_every_sqlstate_that_the_driver_knows_is_in_the_table():
    assert len(KNOWN) > 200
    assert {state[:2] for state in KNOWN} <= {state[:2] for state in SQLSTATES if len(state) == 2}
    assert {named.reason for state in KNOWN if (named := classify(raised(state)))} <= REASONS.keys()


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("08006", (Lost, "unreachable")),
        ("08P01", (Lost, "unreachable")),
        ("25006", (Denied, "read_only")),
        ("25P03", (Lost, "timeout")),
        ("28P01", (Denied, "credentials")),
        ("3D000", (Denied, "missing_database")),
        ("40001", (Busy, "busy")),
        ("40P01", (Busy, "busy")),
        ("42501", (Denied, "no_permission")),
        ("42P01", (Denied, "not_migrated")),
        ("53100", (Full, "full")),
        ("53200", (Busy, "limit_reached")),
        ("53300", (Lost, "too_many_connections")),
        ("53400", (Busy, "limit_reached")),
        ("55P03", (Busy, "busy")),
        ("57014", (Busy, "timeout")),
        ("57P01", (Lost, "restarting")),
        ("57P02", (Lost, "restarting")),
        ("57P03", (Lost, "restarting")),
        ("58030", (Denied, "io_error")),
        ("XX000", (Denied, "failed")),
        ("XX001", (Denied, "corrupt")),
        ("22003", None),
        ("23505", None),
        ("42601", None),
    ],
)
def test_a_sqlstate_decides_what_an_error_means(state, meaning):
    assert meant(raised(state)) == meaning


def test_words_mean_nothing_where_there_is_a_code():
    assert meant(raised("22001", "disk full, database is locked, statement timeout")) is None


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("FATAL:  sorry, too many clients already", (Lost, "too_many_connections")),
        ('FATAL:  too many connections for role "ada"', (Lost, "too_many_connections")),
        ('FATAL:  password authentication failed for user "full"', (Denied, "credentials")),
        ('FATAL:  role "ada" does not exist', (Denied, "credentials")),
        ('FATAL:  database "disk full" does not exist', (Denied, "missing_database")),
        ("FATAL:  the database system is starting up", (Lost, "restarting")),
        ("session is read-only", (Denied, "read_only")),
        ("FATAL:  the disk is full of words nobody knows", (Lost, "unreachable")),
        ("Connection refused", (Lost, "unreachable")),
    ],
)
def test_a_refused_connection_has_no_code_so_known_words_are_read(words, meaning):
    text = f'connection failed: connection to server at "127.0.0.1", port 5432 failed: {words}'
    assert meant(peewee.OperationalError(psycopg.OperationalError(text), text)) == meaning


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (apsw.SQLITE_READONLY, (Denied, "read_only")),
        (apsw.SQLITE_READONLY_DBMOVED, (Denied, "read_only")),
        (apsw.SQLITE_FULL, (Full, "full")),
        (apsw.SQLITE_IOERR_WRITE, (Full, "full")),
        (apsw.SQLITE_IOERR_FSYNC, (Lost, "io_error")),
        (apsw.SQLITE_BUSY_SNAPSHOT, (Busy, "busy")),
        (apsw.SQLITE_LOCKED, (Busy, "busy")),
        (apsw.SQLITE_CANTOPEN_ISDIR, (Lost, "unreachable")),
        (apsw.SQLITE_CORRUPT_INDEX, (Denied, "corrupt")),
        (apsw.SQLITE_NOTADB, (Denied, "corrupt")),
        (apsw.SQLITE_PERM, (Denied, "no_permission")),
        (apsw.SQLITE_CONSTRAINT_UNIQUE, None),
        (apsw.SQLITE_TOOBIG, None),
    ],
)
def test_a_result_code_of_sqlite_decides_what_an_error_means(code, meaning):
    assert meant(peewee.OperationalError(apsw.exception_for(code), "full, locked, busy")) == meaning


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (errno.ENOSPC, (Full, "full")),
        (errno.EROFS, (Denied, "read_only")),
        (errno.EACCES, (Denied, "no_permission")),
        (errno.ECONNRESET, (Lost, "unreachable")),
    ],
)
def test_an_error_of_the_system_is_known_by_its_number(number, meaning):
    assert meant(OSError(number, os.strerror(number))) == meaning


def test_every_reason_is_described_and_answered():
    assert REASONS.keys() <= set(get_args(Reason))
    for reason, words in REASONS.items():
        answer = unavailable(Denied("secret words of the driver", reason))
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

    with pytest.raises(Denied) as damaged:
        database.run(lambda db: rows(db, "SELECT a FROM one"))
    path.write_bytes(good)

    assert damaged.value.reason == "corrupt"
    assert database.run(lambda db: rows(db, "SELECT a FROM one")) == []


def test_sqlite_that_was_read_only_is_opened_again_for_writing(file):
    database, _ = file
    write = lambda db: execute(db, "INSERT INTO one VALUES (1)")  # noqa: E731

    # As a file that was opened where nothing could be written: the connection stays as it is.
    database.run(lambda db: execute(db, "PRAGMA query_only = 1"))
    with pytest.raises(Denied) as refused:
        database.run(write)
    database.run(write)

    assert refused.value.reason == "read_only"
    assert database.run(lambda db: rows(db, "SELECT a FROM one")) == [(1,)]


def test_an_error_while_rows_are_read_is_known_as_well(file):
    database, _ = file
    # SQLite gives out row by row, and the second one is the first with something wrong.
    text = (
        "SELECT CASE a WHEN 1 THEN 1 ELSE abs(-9223372036854775808) END FROM (SELECT 1 AS a UNION SELECT 2)"
    )

    with pytest.raises(Denied):
        database.run(lambda db: rows(db, text))
