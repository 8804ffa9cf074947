"""SQL databases: SQLite through apsw, PostgreSQL through psycopg 3, both under peewee."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw
import peewee
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]
from playhouse.apsw_ext import APSWDatabase
from psycopg import waiting

from scoreboard.core import private
from scoreboard.core.deadline import left
from scoreboard.core.pool import PooledPostgres
from scoreboard.core.threads import NativeThreads, cooperative, native_lock

T = TypeVar("T")
Connection = peewee.Database  # a database as one works with it inside Database.run
DriverError = (peewee.PeeweeException, OSError)  # what a driver raises, before it is classified

READERS = 6  # native threads that read SQLite, or connections that read PostgreSQL, per process
BUSY_SECONDS = 1.2  # less than the writer's deadline, so that a locked file is answered in time
POSTGRES = {
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
    "options": "-c statement_timeout=30s -c lock_timeout=1s"
    " -c idle_in_transaction_session_timeout=5s -c synchronous_commit=on -c timezone=UTC",
}
# SQLite calls it full where the device is. A quota or a limit of files is a write that failed.
NO_ROOM = (apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_SHMSIZE)


class Lost(Exception):
    """The connection to the database broke, or could not be made."""


class Busy(Exception):
    """Another process held the database for too long."""


class Full(Exception):
    """The disk has no room left."""


def sqlite_library() -> str:
    """The version of the SQLite library that is in use."""
    return str(apsw.sqlitelibversion())


class Database:
    """One SQL database. Work runs on a connection of its own, never on the event loop."""

    def __init__(
        self, url: str, *, synchronous: str = "FULL", readers: int = READERS, seconds: float | None = None
    ) -> None:
        """`seconds` bounds each piece of work, and so does a request's deadline, whatever falls silent."""
        self.url = url
        self._seconds = seconds
        self.postgres = not url.startswith("sqlite:")
        self._threads = NativeThreads(readers)
        if self.postgres:
            refuse_blocking_psycopg()
            self._db = PooledPostgres(
                url.replace("postgres://", "postgresql://", 1), most=readers, **POSTGRES
            )
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
            # Asked once here, so that no native thread takes the lock of the logging module for it.
            logging.getLogger("peewee").isEnabledFor(logging.DEBUG)

    def run(self, work: Callable[[Connection], T], *, seconds: float | None = None) -> T:
        """Do `work` with a connection. Raises Lost, Busy or Full where the database can't.

        `seconds` is how long it may take; the database's own limit and the request's where it is None.
        On SQLite it bounds the waiting: what has begun by then goes on, and nobody hears of it.
        """
        most = seconds
        if seconds is None and self._seconds is not None:
            most = left(self._seconds)
        try:
            if self.postgres:
                with self._db.connection_context(), self._bounded(most):
                    return work(self._db)
            return self._threads.run(lambda: self._connected(work), seconds=most)
        except (peewee.PeeweeException, OSError, ValueError) as error:
            named = classify(error)
            if named is None:
                raise
            raise named from error

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, which takes the write lock at once."""

        def inside(db: Connection) -> T:
            with db.atomic():
                return work(db)

        return self.run(inside)

    def snapshot(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction that reads one unchanging state and blocks nobody."""

        def inside(db: Connection) -> T:
            self._db.begin("REPEATABLE READ" if self.postgres else "DEFERRED")
            try:
                return work(db)
            finally:
                db.rollback()

        return self.run(inside)

    def close(self) -> None:
        """Close the connections that this thread or the pool holds."""
        if self.postgres:
            self._db.close_idle()
        else:
            self._threads.run(self._db.close)
            self._threads.close()

    @contextmanager
    def _bounded(self, seconds: float | None) -> Iterator[None]:
        # A server that acknowledges packets and answers nothing is seen by no time-out of its own.
        if seconds is None:
            yield
            return
        descriptor = self._db.connection().fileno()
        timer = threading.Timer(seconds, _cut, (descriptor,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _connected(self, work: Callable[[Connection], T]) -> T:
        self._db.connect(reuse_if_open=True)
        return work(self._db)


def _keep_private(path: Path) -> None:
    # Password hashes are in it. SQLite gives the files beside it, which it makes itself, the same mode.
    private.folder(path.parent)
    if not path.is_dir():
        private.file(path)
    for ending in ("-wal", "-shm"):
        private.close(path.with_name(path.name + ending))


def _cut(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)


class SQLite(APSWDatabase):
    """SQLite through apsw, which binds no datetimes by itself: the migrations' history has them."""

    def _add_conn_hooks(self, connection: apsw.Connection) -> None:
        super()._add_conn_hooks(connection)
        connection.convert_binding = lambda cursor, number, value: str(value)


def refuse_blocking_psycopg() -> None:
    """Raise if psycopg was imported before gevent patched: each query would freeze the process."""
    if cooperative() and getattr(waiting, "wait_c", None) is waiting.wait:
        raise RuntimeError("psycopg was imported before gevent.monkey.patch_all(): import wsgi first")


def classify(error: BaseException) -> Exception | None:
    """What a driver's error means for the caller, or None where it means a mistake of ours."""
    text = str(error).lower()
    if getattr(error.__context__, "extendedresult", None) in NO_ROOM:
        return Full(str(error))
    if "full" in text or "no space left" in text or "could not extend file" in text:
        return Full(str(error))
    if "locked" in text or "busy" in text or "lock timeout" in text or "statement timeout" in text:
        return Busy(str(error))
    if isinstance(error, peewee.OperationalError | peewee.InterfaceError | OSError):
        return Lost(str(error))
    if "connections exceeded" in text:
        return Busy(str(error))
    return None


@dataclass(frozen=True)
class Rows:
    """Many rows written by one statement, in the way that is fastest on each database."""

    table: str
    columns: tuple[tuple[str, str], ...]  # name and PostgreSQL type
    conflict: str = ""

    def write(self, db: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows`, or do with each what `conflict` says."""
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


def one_of(db: Connection, column: str, values: Sequence[Any]) -> tuple[str, Any]:
    """A condition that `column` is one of `values`, and its parameter: the same text for any number."""
    if isinstance(db, APSWDatabase):
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(values)
    return f"{column} = ANY(?)", list(values)
