"""One class for a table: on a database, or on the connection of a transaction."""

from __future__ import annotations

import pytest

from scoreboard.core.storage.db import Database
from scoreboard.core.storage.table import Table


class Words(Table):
    def add(self, word):
        self.execute("INSERT INTO word (text) VALUES (?)", (word,))

    def all(self):
        return [text for (text,) in self.rows("SELECT text FROM word ORDER BY text")]

    def among(self, words):
        condition, value = self.one_of("text", words)
        return [
            text for (text,) in self.rows(f"SELECT text FROM word WHERE {condition} ORDER BY text", (value,))
        ]


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    Table(database).execute("CREATE TABLE word (text TEXT)")
    yield database
    database.close()


class Stop(Exception):
    pass


def test_a_database_runs_each_statement_separately(database):
    Words(database).add("one")

    assert Words(database).all() == ["one"]


def test_a_connection_makes_statements_part_of_its_transaction(database):
    def work(db):
        words = Words(db)
        words.add("one")
        assert words.all() == ["one"]
        raise Stop

    with pytest.raises(Stop):
        database.transaction(work)

    assert Words(database).all() == []


def test_a_snapshot_is_one_state_on_a_database_and_on_a_connection(database):
    Words(database).add("one")

    def twice(db):
        return Words(db).all() + Words(db).all()

    assert Words(database).snapshot(twice) == ["one", "one"]
    assert database.transaction(lambda db: Words(db).snapshot(twice)) == ["one", "one"]


def test_a_database_starts_a_transaction_and_a_connection_uses_its_own(database):
    def add_and_stop(db):
        Words(db).add("one")
        raise Stop

    def inside(db):
        with pytest.raises(Stop):
            Words(db).transaction(add_and_stop)
        return Words(db).all()

    with pytest.raises(Stop):
        Words(database).transaction(add_and_stop)
    assert Words(database).all() == []
    assert database.transaction(inside) == ["one"]


def test_a_condition_on_many_values_fits_a_database_and_a_connection(database):
    for word in ("one", "two", "three"):
        Words(database).add(word)

    assert Words(database).among(["one", "two"]) == ["one", "two"]
    assert database.run(lambda db: Words(db).among(["two", "four"])) == ["two"]
