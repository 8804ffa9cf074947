"""Connections to PostgreSQL that are kept, and opened without making anybody wait for longer than he has.

peewee's own pool opens them one after another under a lock: while the server is silent, the tenth caller
waits ten time-outs. And psycopg gives a connection two seconds at least, which is too long for a request.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import peewee
import psycopg
from psycopg.pq import TransactionStatus

from scoreboard.core.deadline import left

WAIT_SECONDS = 1.5  # for a connection, where nothing else bounds it


class PooledPostgres(peewee.PostgresqlDatabase):
    """PostgreSQL over a few connections, which those who work with it borrow."""

    def __init__(self, url: str, *, most: int, **options: Any) -> None:
        super().__init__(url, prefer_psycopg3=True, autoconnect=False, **options)
        self._lock = nullcontext()  # its state is each thread's own, and waiting must not be in a row
        self._idle: deque[psycopg.Connection[Any]] = deque(maxlen=most)
        self._places = threading.Semaphore(most)

    def close_idle(self) -> None:
        """Close the connections that nobody works with."""
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> psycopg.Connection[Any]:
        until = time.monotonic() + left(WAIT_SECONDS)
        if not self._places.acquire(timeout=left(WAIT_SECONDS)):
            raise peewee.OperationalError("no connection became free in time")
        try:
            return self._kept() or self._opened(until)
        except BaseException:
            self._places.release()
            raise

    def _close(self, connection: psycopg.Connection[Any]) -> None:
        # In the middle of something it may be silent for ever: no word is said to it any more.
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        self._places.release()

    def _kept(self) -> psycopg.Connection[Any] | None:
        while self._idle:
            connection = self._idle.pop()
            if _alive(connection):
                return connection
            connection.close()
        return None

    def _opened(self, until: float) -> psycopg.Connection[Any]:
        opening = _Opening(super()._connect)  # type: ignore[misc]
        threading.Thread(target=opening.run, daemon=True).start()
        return opening.wait(max(0.0, until - time.monotonic()))


class _Opening:
    """A connection on its way, for one who waits for it, or has gone."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        self._connect = connect
        self._found: queue.SimpleQueue[psycopg.Connection[Any] | Exception] = queue.SimpleQueue()
        self._undecided = [True]  # whoever pops it decides whether the connection is used

    def run(self) -> None:
        """Make the connection."""
        try:
            opened = self._connect()
        except Exception as error:  # noqa: BLE001 - it is raised to the one who waits
            self._found.put(error)
            return
        if self._decide():
            self._found.put(opened)
        else:
            opened.close()

    def wait(self, seconds: float) -> psycopg.Connection[Any]:
        """The connection. Raises what kept it from being made, or OperationalError after `seconds`."""
        try:
            found = self._found.get(timeout=seconds)
        except queue.Empty:
            if self._decide():
                raise peewee.OperationalError("no connection could be made in time") from None
            found = self._found.get()
        if isinstance(found, Exception):
            raise found
        return found

    def _decide(self) -> bool:
        try:
            return self._undecided.pop()
        except IndexError:
            return False


def _alive(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server did not end a connection that lay idle. Asks nobody."""
    try:
        connection.pgconn.consume_input()  # which reads its last words, if there are any
        connection.pgconn.consume_input()  # and this one finds that there are no more
    except psycopg.Error:
        return False
    return not connection.closed
