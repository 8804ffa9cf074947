"""A client's connection: the server waits for no client longer than is fair to the others."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from contextlib import nullcontext
from typing import Any

from gevent import sleep
from gevent.socket import socket as Socket  # noqa: N812 - a class

from scoreboard.core.tcp import unacknowledged
from scoreboard.server import pace
from scoreboard.server.connections import Connections

LINGER_SECONDS, LINGER_BYTES, PIECE = 2.0, 4 * 1024 * 1024, 64 * 1024
LINGER_PAUSE_SECONDS = 0.005  # bytes that nobody wants are read at 13 MB/s at most
MOMENT_SECONDS = 1e-9  # it is over when the event loop comes round
LOW_WATER_BYTES = 2048  # so much at least has room where more can be sent
NO_LINGER = struct.pack("ii", 1, 0)
SHORTEST_SECONDS = 0.01  # a timeout of 0 would mean not to wait at all


def others_first() -> None:
    """Let all others go first who are ready, or become so now.

    `sleep(0)` would only let those go that are ready: gevent looks for new bytes after a thousand of them.
    """
    sleep(MOMENT_SECONDS)


class Client(Socket):
    """A connection that knows since when it waits, and ends where its reader takes too little.

    All that gunicorn and the fast lane send comes past here, and so does all that waits.
    """

    __slots__ = ("_crowd", "is_dismissed", "is_idle", "reading", "waits_since")

    def __init__(self, like: Any, fileno: int, crowd: Connections) -> None:
        """`like` is the listening socket, `crowd` are all connections."""
        super().__init__(like.family, like.type, like.proto, fileno)
        self.settimeout(None)
        self.waits_since = 0.0  # 0 while it does not
        self.is_dismissed = False
        self.is_idle = False  # between two requests: nobody misses it
        self._crowd = crowd
        self.reading: pace.Pace | None = pace.of_answer()

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of it. Raises TimeoutError where the client takes too little of it."""
        sent = self.send(data, flags)
        if sent < len(data):
            with nullcontext() if self.streams else self._crowd.holding(self, len(data)):
                rest = memoryview(data)[sent:]
                while rest:
                    rest = rest[self.send(rest, flags) :]

    def stream(self) -> None:
        """From here on this is a stream, which has limits of its own."""
        self.reading = None

    @property
    def streams(self) -> bool:
        """Whether this is a stream."""
        return self.reading is None

    def rest(self) -> None:
        """Wait for the next request, of which nothing is there yet."""
        self.reading = self.reading or pace.of_answer()  # a stream has ended
        self.is_idle = True
        try:
            self._wait(self._read_event)  # the public way makes a watcher each time
        finally:
            self.is_idle = False

    def dismiss(self) -> None:
        """End a connection that waits: its place is needed."""
        self.waits_since, self.is_dismissed = 0.0, True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def abort(self) -> None:
        """Have it reset when it is closed: the kernel would go on offering what nobody takes."""
        with contextlib.suppress(OSError):
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)

    def refuse(self, answer: bytes) -> None:
        """Send a short answer if that can be done at once."""
        self.settimeout(0.0)
        with contextlib.suppress(OSError):
            self.send(answer)

    def linger(self) -> None:
        """Say that nothing follows, and read for a moment what still comes.

        Closed with unread bytes a connection is reset, and the client may lose the answer (RFC 9112, 9.6).
        """
        until, left = time.monotonic() + LINGER_SECONDS, LINGER_BYTES
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
            while left > 0 and time.monotonic() < until:
                self.settimeout(max(SHORTEST_SECONDS, until - time.monotonic()))
                left -= len(self.recv(PIECE)) or left
                sleep(LINGER_PAUSE_SECONDS)

    def _wait(self, watcher: Any, *error: Any) -> None:
        self.waits_since = time.monotonic()
        try:
            if watcher is self._write_event and self.reading is not None and self.timeout is None:
                self._wait_for_reader(watcher, self.reading)
            else:
                super()._wait(watcher, *error)
        finally:
            self.waits_since = 0.0

    def _wait_for_reader(self, watcher: Any, reading: pace.Pace) -> None:
        """Wait until more can be sent. A client who takes little, but steadily, is waited for longer."""
        while not self._is_taken(watcher, reading):
            if not reading.left:
                raise TimeoutError("the client takes too little of its answer")

    def _is_taken(self, watcher: Any, reading: pace.Pace) -> bool:
        """Wait for as long as this reader may still take. Returns whether more can be sent then."""
        held, began, ready = unacknowledged(self), time.monotonic(), True
        self.settimeout(max(SHORTEST_SECONDS, reading.left))
        try:
            super()._wait(watcher)
        except TimeoutError:
            ready = False
        finally:
            self.settimeout(None)
        taken = held - unacknowledged(self)
        # Not all systems tell how much was taken. Where more can be sent, something was.
        reading.moved(taken or LOW_WATER_BYTES * ready, time.monotonic() - began)
        return ready
