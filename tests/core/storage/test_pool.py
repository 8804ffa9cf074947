"""Connections to a PostgreSQL that is silent, ended, or back."""

from __future__ import annotations

import time
import uuid

import pytest

from scoreboard.core.storage.db import Database, rows
from scoreboard.core.storage.unavailable import DatabaseLost
from tests.support import at_once
from tests.tcpproxy import TcpProxy


@pytest.fixture
def proxy(postgres):
    proxy = TcpProxy(f"{postgres.uri.rpartition('host=')[2]}/.s.PGSQL.5432")
    yield proxy
    proxy.close()


@pytest.fixture
def database(postgres, proxy):
    name = f"t{uuid.uuid4().hex}"
    postgres.create(name)
    database = Database(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}", readers=3, seconds=1.0)
    yield database
    proxy.repair()
    database.close()
    postgres.drop(name)


def pid(database):
    """The id of the server's process behind a connection of the pool."""
    return database.run(lambda db: rows(db, "SELECT pg_backend_pid()"))[0][0]


def test_a_connection_is_used_again(database, proxy):
    assert pid(database) == pid(database)
    assert proxy.connection_count == 1


def test_no_more_connections_are_opened_than_allowed(database, proxy):
    at_once(12, lambda number: database.run(lambda db: rows(db, "SELECT pg_sleep(0.05)")))

    assert proxy.connection_count <= 3


@pytest.mark.alone
def test_while_the_server_is_silent_many_wait_no_longer_than_one(database, proxy):
    proxy.stall()

    def seconds(number):
        began = time.monotonic()
        with pytest.raises(DatabaseLost):
            pid(database)
        return time.monotonic() - began

    assert max(at_once(12, seconds)) < 2.5
    proxy.repair()
    assert pid(database)


def test_a_connection_that_ended_while_idle_is_not_used(database, proxy):
    first = pid(database)
    proxy.cut()

    assert pid(database) != first


def test_a_connection_left_in_a_transaction_is_not_used(database):
    first = pid(database)

    with pytest.raises(ZeroDivisionError):
        database.run(lambda db: (db.begin(), 1 / 0))

    assert pid(database) != first
