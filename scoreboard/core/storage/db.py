"""SQL databases: SQLite through apsw, PostgreSQL through psycopg 3, both under peewee."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw
import peewee
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]
from playhouse.apsw_ext import APSWDatabase
from psycopg import waiting

from scoreboard.core import private
from scoreboard.core.concurrency.deadline import seconds_left
from scoreboard.core.concurrency.threads import NativeThreads, native_lock, uses_gevent
from scoreboard.core.storage.pool import PooledPostgres, bounded
from scoreboard.core.storage.sqlerrors import DriverError, classify
from scoreboard.core.storage.unavailable import DatabaseDenied, DatabaseLost, DatabaseUnavailable

T = TypeVar("T")
Connection = peewee.Database  # as `work` gets it from Database.run

READERS = 6  # native threads that read SQLite, or connections that read PostgreSQL, per process
BUSY_SECONDS = 1.2  # less than the writer's deadline, so that a locked file is answered in time
LOG_SECONDS = 10.0  # between two log lines about the same reason

log = logging.getLogger(__name__)


def sqlite_library() -> str:
    """The version of the SQLite library."""
    return str(apsw.sqlitelibversion())


class Database:
    """One SQL database. Each piece of work has a connection for itself, and never runs on the event loop."""

    def __init__(
        self, url: str, *, synchronous: str = "FULL", readers: int = READERS, seconds: float | None = None
    ) -> None:
        """`seconds` bounds each piece of work, as a request's deadline does, also if no answer comes."""
        self.url = url
        self._seconds = seconds
        self.postgres = not url.startswith("sqlite:")
        self._threads = NativeThreads(readers)
        self._logged: dict[str, float] = {}  # reason → the time until which it is not logged again
        if self.postgres:
            refuse_blocking_psycopg()
            self._db = PooledPostgres(url.replace("postgres://", "postgresql://", 1), most=readers)
        else:
            path = Path(url.removeprefix("sqlite:///"))
            _keep_private(path)
            self._db = SQLite(
                str(path),
                autoconnect=False,
                timeout=BUSY_SECONDS,
                lock_type="IMMEDIATE",
                pragmas={"journal_mode": "wal", "synchronous": synchronous, "cache_size": -32_000},
            )
            self._db._lock = native_lock()  # noqa: SLF001 - peewee takes it in each of our threads
            # Cached by this call: otherwise native threads would take the logging module's lock for it.
            logging.getLogger("peewee").isEnabledFor(logging.DEBUG)

    def run(self, work: Callable[[Connection], T], *, seconds: float | None = None) -> T:
        """Do `work` with a connection. Raises DatabaseUnavailable if the database can't do it.

        `seconds` is how long it may take. Without it, the database's limit and the request's apply. On
        SQLite it bounds the caller's wait: work that has begun goes on.
        """
        most = seconds
        if seconds is None and self._seconds is not None:
            most = seconds_left(self._seconds)
        try:
            if self.postgres:
                return self._on_postgres(work, most)
            return self._threads.run(lambda: self._connected(work), seconds=most)
        except DriverError as error:
            unavailable = classify(error)
            if unavailable is None:
                raise
            self._note(unavailable)
            raise unavailable from error

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, which takes the write lock at once."""

        def inside(db: Connection) -> T:
            with db.atomic():
                return work(db)

        return self.run(inside)

    def snapshot(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction that reads one unchanging state and blocks no writer."""

        def inside(db: Connection) -> T:
            self._db.begin("REPEATABLE READ" if self.postgres else "DEFERRED")
            try:
                return work(db)
            finally:
                db.rollback()

        return self.run(inside)

    def close(self) -> None:
        """Close the connections of this thread or of the pool."""
        if self.postgres:
            self._db.close_idle()
        else:
            self._threads.run(self._db.close)
            self._threads.close()

    def _on_postgres(self, work: Callable[[Connection], T], seconds: float | None) -> T:
        with self._db.connection_context(), bounded(self._db.connection(), seconds):
            return work(self._db)

    def _connected(self, work: Callable[[Connection], T]) -> T:
        self._db.connect(reuse_if_open=True)
        try:
            return work(self._db)
        except DriverError as error:
            # A connection to a read-only or replaced file does not recover.
            if isinstance(classify(error), DatabaseLost | DatabaseDenied):
                with suppress(*DriverError):
                    self._db.close()
            raise

    def _note(self, error: DatabaseUnavailable) -> None:
        if self.postgres and isinstance(error, DatabaseDenied):
            self._db.renew()  # new connections may reach another server, or have other rights
        now = time.monotonic()
        if now < self._logged.get(error.reason, 0.0):
            return
        self._logged[error.reason] = now + LOG_SECONDS
        log.warning("the database is not available", extra={"reason": error.reason, "error": str(error)})


def _keep_private(path: Path) -> None:
    # It has password hashes. SQLite gives the files that it creates beside it the same mode.
    private.folder(path.parent)
    if not path.is_dir():
        private.file(path)
    for ending in ("-wal", "-shm"):
        private.close(path.with_name(path.name + ending))


class SQLite(APSWDatabase):
    """SQLite through apsw, which does not bind datetimes: the history of migrations has them."""

    def _add_conn_hooks(self, connection: apsw.Connection) -> None:
        super()._add_conn_hooks(connection)
        connection.convert_binding = lambda cursor, number, value: str(value)


def refuse_blocking_psycopg() -> None:
    """Raise if psycopg was imported before gevent patched: each query would freeze the process."""
    if uses_gevent() and getattr(waiting, "wait_c", None) is waiting.wait:
        raise RuntimeError("psycopg was imported before gevent.monkey.patch_all(): import wsgi first")


@dataclass(frozen=True)
class Rows:
    """Many rows that are written by one statement, in the fastest way of each database."""

    table: str
    columns: tuple[tuple[str, str], ...]  # name and PostgreSQL type
    conflict: str = ""

    def write(self, db: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows`. `conflict` is the clause for existing ones."""
        if not rows:
            return
        with peewee_errors:
            if isinstance(db, APSWDatabase):
                db.cursor().executemany(self._values, rows)
            else:
                db.cursor().execute(self._unnest, [list(column) for column in zip(*rows, strict=True)])

    @property
    def _values(self) -> str:
        marks = ", ".join("?" for _ in self.columns)
        return f"INSERT INTO {self.table} ({self._names}) VALUES ({marks}) {self.conflict}"

    @property
    def _unnest(self) -> str:
        arrays = ", ".join(f"%s::{kind}[]" for _, kind in self.columns)
        return f"INSERT INTO {self.table} ({self._names}) SELECT * FROM unnest({arrays}) {self.conflict}"

    @property
    def _names(self) -> str:
        return ", ".join(name for name, _ in self.columns)


def rows(db: Connection, text: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement, written with ? for its parameters."""
    if not isinstance(db, APSWDatabase):
        text = text.replace("?", "%s")
    return list(db.execute_sql(text, tuple(params)))


def execute(db: Connection, text: str, params: Iterable[Any] = ()) -> None:
    """Run one statement that returns nothing."""
    if not isinstance(db, APSWDatabase):
        text = text.replace("?", "%s")
    db.execute_sql(text, tuple(params))


def one_of(db: Connection | Database, column: str, values: Sequence[Any]) -> tuple[str, Any]:
    """A condition that `column` is one of `values`, and its parameter: the same text for any number."""
    sqlite = not db.postgres if isinstance(db, Database) else isinstance(db, APSWDatabase)
    if sqlite:
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(values)
    return f"{column} = ANY(?)", list(values)
