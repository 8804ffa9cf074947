"""Connections to a PostgreSQL that is silent, gone, or back."""

from __future__ import annotations

import time
import uuid

import pytest

from scoreboard.core.storage.db import Database, rows
from scoreboard.core.storage.unavailable import DatabaseLost
from tests.support import at_once
from tests.tcpproxy import TcpProxy


@pytest.fixture
def way(postgres):
    way = TcpProxy(f"{postgres.uri.rpartition('host=')[2]}/.s.PGSQL.5432")
    yield way
    way.close()


@pytest.fixture
def database(postgres, way):
    name = f"t{uuid.uuid4().hex}"
    postgres.create(name)
    database = Database(f"postgresql://postgres@127.0.0.1:{way.port}/{name}", readers=3, seconds=1.0)
    yield database
    way.repair()
    database.close()
    postgres.drop(name)


def pid(database):
    """The server's process behind the connection that this work was given."""
    return database.run(lambda db: rows(db, "SELECT pg_backend_pid()"))[0][0]


def test_a_connection_is_used_again(database, way):
    assert pid(database) == pid(database)
    assert way.taken == 1


def test_no_more_are_opened_than_may_be(database, way):
    at_once(12, lambda number: database.run(lambda db: rows(db, "SELECT pg_sleep(0.05)")))

    assert way.taken <= 3


@pytest.mark.alone
def test_while_the_server_is_silent_many_wait_no_longer_than_one(database, way):
    way.stall()

    def seconds(number):
        began = time.monotonic()
        with pytest.raises(DatabaseLost):
            pid(database)
        return time.monotonic() - began

    assert max(at_once(12, seconds)) < 2.5
    way.repair()
    assert pid(database)


def test_a_connection_that_ended_while_it_lay_idle_is_not_given_out(database, way):
    first = pid(database)
    way.cut()

    assert pid(database) != first


def test_one_that_is_left_in_a_transaction_is_not_given_out(database):
    first = pid(database)

    with pytest.raises(ZeroDivisionError):
        database.run(lambda db: (db.begin(), 1 / 0))

    assert pid(database) != first
