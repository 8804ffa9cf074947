"""One open stream: its connection, and the position up to which it was served."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from scoreboard.core.tcp import unacknowledged_bytes
from scoreboard.stream.protocol.types import Cursor, Encoded
from scoreboard.stream.protocol.websocket import Inbound
from scoreboard.stream.serving import sockets
from scoreboard.stream.serving.admission import Admission, StreamClient

PIECE = 16 * 1024  # of a long write: the progress of a generator is known by piece only


class Host(Protocol):
    """Serves viewers, and is called by the event loop when something happens to one: must not wait."""

    def on_closed(self, viewer: Viewer, why: str = "left") -> None:
        """Handle the end of the connection."""

    def on_drained(self, viewer: Viewer) -> None:
        """Continue after all written bytes were sent."""

    def on_data(self, viewer: Viewer, data: bytes) -> None:
        """Handle bytes that the client sent."""


class Viewer:
    """One open stream. Holds at most the unsent rest of one write, and a few private frames.

    Several classes write its fields, each only its own:

    - `Viewers`: `audience`, `inbound`, `ending`, `closed`
    - `Fanout`: `at`, `mail`
    - `Sweeper`: `heartbeat_at`, `ends_at`, `ends_why`, `acknowledged`, `progress_at`
    - `Personal`: `ranks`
    """

    __slots__ = (
        "acknowledged",
        "admission",
        "at",
        "audience",
        "closed",
        "ending",
        "ends_at",
        "ends_why",
        "heartbeat_at",
        "host",
        "inbound",
        "mail",
        "opened_at",
        "progress_at",
        "ranks",
        "sent",
    )

    def __init__(self, host: Host, admission: Admission, at: Cursor, now: float) -> None:
        self.host, self.admission, self.at = host, admission, at
        self.opened_at = self.progress_at = now
        self.audience: Any = None
        self.heartbeat_at = self.ends_at = 0.0  # monotonic seconds
        self.ends_why = ""
        self.sent = 0  # bytes
        self.acknowledged = 0  # bytes that had reached the client by `progress_at`
        self.mail: list[Encoded] | None = None  # private frames that wait until the connection can take more
        self.ranks: dict[str, str] | None = None  # the last `me` frame that was sent, by scope
        self.inbound: Inbound | int = 0  # a WebSocket's incoming frames; otherwise the bytes received
        self.ending = False  # the last bytes are on their way
        self.closed = False

    @property
    def client(self) -> StreamClient:
        """The client that opened the stream."""
        return self.admission.client

    @property
    def blocked(self) -> bool:
        """True if part of the last write is still unsent."""
        raise NotImplementedError

    @property
    def received_bytes(self) -> int:
        """The number of bytes that have reached the client."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send bytes, or begin to. Raises OSError if the connection is gone. Never waits."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection."""
        raise NotImplementedError


class SocketViewer(Viewer):
    """A viewer whose socket was taken from the web server, written without a greenlet of its own."""

    __slots__ = ("_reading", "_rest", "_socket", "_writing")

    def __init__(self, host: Host, admission: Admission, at: Cursor, now: float, connection: Any) -> None:
        super().__init__(host, admission, at, now)
        self._socket = sockets.duplicate(connection)
        self._rest: memoryview | None = None
        self._writing: Any = None
        self._reading: Any = sockets.watch(self._socket, sockets.READ, self._readable)

    @property
    def blocked(self) -> bool:
        """True if the kernel took less than the whole write."""
        return self._rest is not None

    @property
    def received_bytes(self) -> int:
        """The bytes that the kernel took, without those that it still holds."""
        return self.sent - unacknowledged_bytes(self._socket)

    def write(self, data: bytes | memoryview) -> None:
        """Give the kernel as many bytes as it takes, and keep the rest."""
        if self._rest is not None:
            data = bytes(self._rest) + data
        try:
            count = self._socket.send(data)
        except BlockingIOError:
            count = 0
        self.sent += count
        self._rest = memoryview(data)[count:] if count < len(data) else None
        if self._rest is not None and self._writing is None:
            self._writing = sockets.watch(self._socket, sockets.WRITE, self._writable)

    def close(self) -> None:
        """Close our descriptor; the web server closed its own long ago."""
        self.closed = True
        sockets.unwatch(self._reading)
        sockets.unwatch(self._writing)
        self._reading = self._writing = self._rest = None
        self._socket.close()

    def _readable(self) -> None:
        _read(self, self._socket, 4096)

    def _writable(self) -> None:
        rest, self._rest = self._rest, None
        try:
            if rest is not None:
                self.write(rest)
        except OSError:
            self.host.on_closed(self)
            return
        if self._rest is None:
            sockets.unwatch(self._writing)
            self._writing = None
            self.host.on_drained(self)


class GeneratorViewer(Viewer):
    """A viewer that a generator writes to, on a web server that keeps its sockets."""

    __slots__ = ("_filled", "_next", "_reading", "_sending", "_socket")

    def __init__(
        self, host: Host, admission: Admission, at: Cursor, now: float, connection: Any = None
    ) -> None:
        """`connection` is watched for its end, if there is an event loop."""
        super().__init__(host, admission, at, now)
        self._filled = threading.Event()
        self._next, self._sending = b"", False
        self._socket: Any = None
        self._reading: Any = None
        if connection is not None:
            sockets.announce(connection)
            self._socket = sockets.duplicate(connection)
            self._reading = sockets.watch(self._socket, sockets.READ, self._readable)

    @property
    def blocked(self) -> bool:
        """True if the generator is still busy."""
        return self._sending or bool(self._next)

    @property
    def received_bytes(self) -> int:
        """The bytes that were given to the web server, without those that its kernel still holds."""
        return self.sent - (unacknowledged_bytes(self._socket) if self._socket is not None else 0)

    def write(self, data: bytes) -> None:
        """Leave bytes for the generator."""
        self._next += data
        self._filled.set()

    def chunks(self) -> Iterator[bytes]:
        """The bytes to send, until the end. A request for the next chunk means that the last one was sent."""
        try:
            while not self.closed:
                self._filled.wait()
                self._filled.clear()
                data, self._next = self._next, b""
                self._sending = True
                for start in range(0, len(data), PIECE):
                    yield data[start : start + PIECE]
                    self.sent += len(data[start : start + PIECE])
                self._sending = False
                if self._next:
                    continue  # written during the sending, perhaps the last frame
                if self.ending:
                    return
                self.host.on_drained(self)
        finally:
            self.host.on_closed(self, "bye" if self.ending else "left")

    def close(self) -> None:
        """Wake the generator, which ends; also if it is blocked in sending."""
        self.closed = True
        sockets.unwatch(self._reading)
        if self._socket is not None:
            if not self.ending:
                sockets.end(self._socket)
            self._socket.close()
        self._socket = self._reading = None
        self._filled.set()

    def _readable(self) -> None:
        if isinstance(self.inbound, Inbound):
            _read(self, self._socket, 4096)
        # The next request on a kept connection belongs to the web server.
        elif _read(self, self._socket, 1, socket.MSG_PEEK):
            sockets.unwatch(self._reading)
            self._reading = None


def _read(viewer: Viewer, connection: Any, size: int, flags: int = 0) -> bytes:
    """Read the bytes that have arrived, and pass them to the host, or the end of the connection."""
    try:
        data: bytes = connection.recv(size, flags)
    except BlockingIOError:
        return b""
    except OSError:
        data = b""
    if data:
        viewer.host.on_data(viewer, data)
    else:
        viewer.host.on_closed(viewer)
    return data
