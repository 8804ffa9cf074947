"""A client's connection: the server waits for no client longer than is fair to other clients."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from contextlib import nullcontext
from typing import Any

from gevent import sleep
from gevent.socket import socket as Socket  # noqa: N812 - a class

from scoreboard.core.tcp import unacknowledged_bytes
from scoreboard.server import pace
from scoreboard.server.connections import Connections

LINGER_SECONDS, LINGER_BYTES, PIECE = 2.0, 4 * 1024 * 1024, 64 * 1024
LINGER_PAUSE_SECONDS = 0.005  # unwanted bytes are read at 13 MB/s at most
MOMENT_SECONDS = 1e-9  # ends in the event loop's next round
LOW_WATER_BYTES = 2048  # a writable socket has room for at least this much
NO_LINGER = struct.pack("ii", 1, 0)
SHORTEST_SECONDS = 0.01  # a timeout of 0 would mean not to wait


def yield_to_others() -> None:
    """Let all other greenlets run that are ready, or become ready now.

    `sleep(0)` would not look for new bytes: gevent does that only after a thousand switches.
    """
    sleep(MOMENT_SECONDS)


class Client(Socket):
    """A connection that records since when it waits, and ends when its client reads too slowly.

    All bytes that gunicorn and the fast path send go through this class, and so do all waits.
    """

    __slots__ = ("_connections", "is_evicted", "is_idle", "reading", "waits_since")

    def __init__(self, like: Any, fileno: int, connections: Connections) -> None:
        """`like` is the listening socket, `connections` are all connections."""
        super().__init__(like.family, like.type, like.proto, fileno)
        self.settimeout(None)
        self.waits_since = 0.0  # 0 while it does not wait
        self.is_evicted = False
        self.is_idle = False  # between two requests, so closing it loses nothing
        self._connections = connections
        self.reading: pace.Pace | None = pace.for_answer()

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of it. Raises TimeoutError if the client reads it too slowly."""
        sent = self.send(data, flags)
        if sent < len(data):
            with nullcontext() if self.is_stream else self._connections.hold_answer(self, len(data)):
                rest = memoryview(data)[sent:]
                while rest:
                    rest = rest[self.send(rest, flags) :]

    def become_stream(self) -> None:
        """Make this a stream, which has limits of its own."""
        self.reading = None

    @property
    def is_stream(self) -> bool:
        """True for a stream."""
        return self.reading is None

    def wait_for_request(self) -> None:
        """Wait for the first bytes of the next request."""
        self.reading = self.reading or pace.for_answer()  # a stream has ended
        self.is_idle = True
        try:
            self._wait(self._read_event)  # gevent's public call makes a new watcher each time
        finally:
            self.is_idle = False

    def evict(self) -> None:
        """Close a waiting connection, to make room for another one."""
        self.waits_since, self.is_evicted = 0.0, True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def abort(self) -> None:
        """Reset the connection when it is closed: otherwise the kernel would keep sending its buffer."""
        with contextlib.suppress(OSError):
            self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)

    def refuse(self, answer: bytes) -> None:
        """Send a short answer if that is possible without waiting."""
        self.settimeout(0.0)
        with contextlib.suppress(OSError):
            self.send(answer)

    def linger(self) -> None:
        """Close the sending side, and read the bytes that still arrive, for a moment.

        A connection that is closed with unread bytes is reset, and the client may lose the answer
        (RFC 9112, 9.6).
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
        """Wait until more can be sent. A client that reads slowly, but steadily, gets more time."""
        while not self._wait_once(watcher, reading):
            if not reading.seconds_left:
                raise TimeoutError("the client reads its answer too slowly")

    def _wait_once(self, watcher: Any, reading: pace.Pace) -> bool:
        """Wait for as long as the client may still take. Returns True if more can be sent."""
        unread_before, began, ready = unacknowledged_bytes(self), time.monotonic(), True
        self.settimeout(max(SHORTEST_SECONDS, reading.seconds_left))
        try:
            super()._wait(watcher)
        except TimeoutError:
            ready = False
        finally:
            self.settimeout(None)
        read_bytes = unread_before - unacknowledged_bytes(self)
        # Not all systems tell how much was read. If the socket became writable, the client read something.
        reading.record(read_bytes or LOW_WATER_BYTES * ready, time.monotonic() - began)
        return ready
