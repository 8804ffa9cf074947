"""The base class of tables in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from playhouse.apsw_ext import APSWDatabase

from scoreboard.core.storage.db import Connection, Database, execute, one_of, rows

T = TypeVar("T")


class Table:
    """A table, used through a database or through one connection.

    Through a connection, statements are part of its transaction. Through a database, each statement takes a
    connection for itself: that is for reads outside of transactions.
    """

    def __init__(self, source: Database | Connection) -> None:
        self._source = source

    @property
    def postgres(self) -> bool:
        """True if the database is PostgreSQL."""
        source = self._source
        return source.postgres if isinstance(source, Database) else not isinstance(source, APSWDatabase)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` with the connection, or with one of the database."""
        return self._source.run(work) if isinstance(self._source, Database) else work(self._source)

    def snapshot(self, work: Callable[[Connection], T]) -> T:
        """Do `work` on one state of the database. A transaction of the connection has one already."""
        return self._source.snapshot(work) if isinstance(self._source, Database) else work(self._source)

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction: that of the connection, or a new one."""
        return self._source.transaction(work) if isinstance(self._source, Database) else work(self._source)

    def rows(self, text: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement, which has ? for its parameters."""
        return self.run(lambda db: rows(db, text, params))

    def execute(self, text: str, params: Iterable[Any] = ()) -> None:
        """Run one statement that returns nothing."""
        self.run(lambda db: execute(db, text, params))

    def one_of(self, column: str, values: Sequence[Any]) -> tuple[str, Any]:
        """The condition that `column` is one of `values`, and its parameter.

        The text is the same for any number of values, so that statements can be cached.
        """
        return one_of(self._source, column, values)
