"""The base class of tables. In a transaction they work on its connection, elsewhere on the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from playhouse.apsw_ext import APSWDatabase

from scoreboard.core.storage.db import Connection, Database, execute, one_of, rows

T = TypeVar("T")


class Table:
    """A table of a database or of a connection.

    On a connection, statements are part of its transaction. On a database, each statement takes a
    connection for itself, which is for readers outside of transactions.
    """

    def __init__(self, source: Database | Connection) -> None:
        self._source = source

    @property
    def postgres(self) -> bool:
        """Whether it is a table of PostgreSQL."""
        source = self._source
        return source.postgres if isinstance(source, Database) else not isinstance(source, APSWDatabase)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` on the connection, or on one of the database's."""
        return self._source.run(work) if isinstance(self._source, Database) else work(self._source)

    def snapshot(self, work: Callable[[Connection], T]) -> T:
        """Do `work` on one state of the database. A transaction sees one state already."""
        return self._source.snapshot(work) if isinstance(self._source, Database) else work(self._source)

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction: in the connection's, or in a new one."""
        return self._source.transaction(work) if isinstance(self._source, Database) else work(self._source)

    def rows(self, text: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one statement, written with ? for its parameters."""
        return self.run(lambda db: rows(db, text, params))

    def execute(self, text: str, params: Iterable[Any] = ()) -> None:
        """Run one statement that returns nothing."""
        self.run(lambda db: execute(db, text, params))

    def one_of(self, column: str, values: Sequence[Any]) -> tuple[str, Any]:
        """A condition that `column` is one of `values`, and its parameter: the same text for any number."""
        return one_of(self._source, column, values)
