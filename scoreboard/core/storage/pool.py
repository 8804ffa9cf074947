"""A pool of connections to PostgreSQL, in which no caller waits longer than its deadline allows.

peewee's own pool opens connections one after another under a lock: while the server does not answer, the
tenth caller waits for ten time-outs. And psycopg's shortest connect time-out is two seconds, which is too
long for a request.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from math import inf
from typing import Any

import peewee
import psycopg
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]
from psycopg.pq import TransactionStatus

from scoreboard.core.concurrency.deadline import seconds_left
from scoreboard.core.storage.pgsession import Adapter, Session

WAIT_SECONDS = 1.5  # for a connection, if nothing else bounds it
CONNECT_SECONDS = 2
NETWORK: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
}


class PooledPostgres(peewee.PostgresqlDatabase):
    """PostgreSQL over a few connections, which callers borrow."""

    psycopg3_adapter = Adapter

    def __init__(self, url: str, *, most: int) -> None:
        super().__init__(url, prefer_psycopg3=True, autoconnect=False, **NETWORK)
        self._lock = nullcontext()  # its state is per thread, and callers must not wait one after another
        self._idle: deque[Session] = deque(maxlen=most)
        self._slots = threading.Semaphore(most)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction. Behind a pooler it sets its own limits."""
        with peewee_errors:
            self.cursor().execute(self.connection().beginning(isolation_level))

    def close_idle(self) -> None:
        """Close idle connections."""
        while self._idle:
            self._idle.pop().close()

    def renew(self) -> None:
        """Close idle connections after a refusal; read-only ones are replaced soon anyway."""
        expiring = [session for session in self._idle if session.expires < inf]
        others = [session for session in self._idle if session.expires == inf]
        self._idle = deque(expiring, self._idle.maxlen)
        for session in others:
            session.close()

    def _connect(self) -> Session:
        until = time.monotonic() + seconds_left(WAIT_SECONDS)
        if not self._slots.acquire(timeout=seconds_left(WAIT_SECONDS)):
            raise peewee.OperationalError("no connection became free in time")
        try:
            return self._idle_session() or self._open_session(until)
        except BaseException:
            self._slots.release()
            raise

    def _close(self, connection: Session) -> None:
        # In the middle of a transaction the server may never answer: it is closed without a command.
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        self._slots.release()

    def _idle_session(self) -> Session | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.expires <= time.monotonic():
                with bounded(connection, CONNECT_SECONDS):
                    connection.leave()
            elif _is_alive(connection):
                return connection
            connection.close()
        return None

    def _open_session(self, until: float) -> Session:
        opening = _Opening(self._open_and_introduce)
        threading.Thread(target=opening.run, daemon=True).start()
        return opening.wait(max(0.0, until - time.monotonic()))

    def _open_and_introduce(self) -> Session:
        session: Session = super()._connect()  # type: ignore[misc]
        try:
            with bounded(session, CONNECT_SECONDS):
                session.introduce()
        except BaseException:
            session.close()
            raise
        return session


@contextmanager
def bounded(session: Session, seconds: float | None) -> Iterator[None]:
    """Cut the connection if the block takes longer: no other time-out notices a server that is silent."""
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, _cut, (session.fileno(),))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)


class _Opening:
    """A connection that is being opened, for a caller that waits or has given up."""

    def __init__(self, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._outcome: queue.SimpleQueue[Session | Exception] = queue.SimpleQueue()
        self._undecided = [True]  # the side that pops it decides whether the connection is used

    def run(self) -> None:
        """Open the connection."""
        try:
            opened = self._connect()
        except Exception as error:  # noqa: BLE001 - it is raised for the waiting caller
            self._outcome.put(error)
            return
        if self._decide():
            self._outcome.put(opened)
        else:
            opened.close()

    def wait(self, seconds: float) -> Session:
        """The connection. Raises the error of opening it, or OperationalError after `seconds`."""
        try:
            outcome = self._outcome.get(timeout=seconds)
        except queue.Empty:
            if self._decide():
                raise peewee.OperationalError("no connection could be opened in time") from None
            outcome = self._outcome.get()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _decide(self) -> bool:
        try:
            return self._undecided.pop()
        except IndexError:
            return False


def _is_alive(connection: Session) -> bool:
    """True if an idle connection is still open. Makes no round trip."""
    try:
        connection.pgconn.consume_input()  # reads a last message, if there is one
        connection.pgconn.consume_input()  # finds the end behind it
    except psycopg.Error:
        return False
    return not connection.closed
