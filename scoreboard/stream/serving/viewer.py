"""One open stream, as memory has it: a connection, and up to where it was served."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from scoreboard.core.tcp import unacknowledged
from scoreboard.stream.protocol.types import Cursor
from scoreboard.stream.protocol.websocket import Inbound
from scoreboard.stream.serving import sockets
from scoreboard.stream.serving.admission import StreamClient

PIECE = 16 * 1024  # of a long writing: how far a generator got is known no better than by pieces


class Host(Protocol):
    """Who serves viewers, and is told what happens to them. Called by the event loop: must not wait."""

    def monotonic(self) -> float:
        """Seconds."""

    def left(self, viewer: Viewer, why: str = "left") -> None:
        """The connection is over."""

    def drained(self, viewer: Viewer) -> None:
        """All that was written is sent."""

    def heard(self, viewer: Viewer, data: bytes) -> None:
        """He said something, though nobody asked."""


class Viewer:
    """Keeps at most what is left of one writing: whoever can't take more is served anew when he can."""

    __slots__ = (
        "__weakref__",
        "acked",
        "at",
        "audience",
        "beat",
        "closed",
        "ending",
        "host",
        "inbound",
        "me",
        "moved",
        "opened",
        "sent",
        "until",
        "who",
        "why",
    )

    def __init__(self, host: Host, who: StreamClient, at: Cursor, now: float) -> None:
        self.host, self.who, self.at = host, who, at
        self.opened = self.moved = now
        self.audience: Any = None
        self.beat = self.until = 0.0  # when the next heartbeat is due; when the stream ends
        self.why = ""  # it ends then
        self.sent = 0  # bytes
        self.acked = 0  # how many of them he had taken by `moved`
        self.me: dict[str, str] | None = None  # what he was last told of himself, by scope
        self.inbound: Inbound | int = 0  # what a WebSocket says; else how much was said
        self.ending = False  # the last bytes are on their way
        self.closed = False

    @property
    def blocked(self) -> bool:
        """Whether something is still on its way to him."""
        raise NotImplementedError

    @property
    def taken(self) -> int:
        """How many bytes have reached him."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send bytes, or begin to. Raises OSError where he is gone. Never waits."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the connection go."""
        raise NotImplementedError


class SocketViewer(Viewer):
    """A viewer whose socket is ours, written without a greenlet of his own."""

    __slots__ = ("_reading", "_rest", "_socket", "_writing")

    def __init__(self, host: Host, who: StreamClient, at: Cursor, now: float, connection: Any) -> None:
        super().__init__(host, who, at, now)
        self._socket = sockets.duplicate(connection)
        self._rest: memoryview | None = None
        self._writing: Any = None
        self._reading: Any = sockets.watch(self._socket, sockets.READ, self._readable)

    @property
    def blocked(self) -> bool:
        """Whether the kernel took less than all."""
        return self._rest is not None

    @property
    def taken(self) -> int:
        """What the kernel took, and does not hold any more."""
        return self.sent - unacknowledged(self._socket)

    def write(self, data: bytes | memoryview) -> None:
        """Give the kernel what it takes, and keep the rest."""
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
        """Close our descriptor; the server closed its own long ago."""
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
            self.host.left(self)
            return
        if self._rest is None:
            sockets.unwatch(self._writing)
            self._writing = None
            self.host.drained(self)


class GeneratorViewer(Viewer):
    """A viewer who is written by a generator, on a server that keeps its sockets."""

    __slots__ = ("_filled", "_next", "_reading", "_sending", "_socket")

    def __init__(self, host: Host, who: StreamClient, at: Cursor, now: float, connection: Any = None) -> None:
        """`connection` is what to watch for his leaving, where there is an event loop."""
        super().__init__(host, who, at, now)
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
        """Whether the generator is still busy."""
        return self._sending or bool(self._next)

    @property
    def taken(self) -> int:
        """What the server was given, and its kernel does not hold any more."""
        return self.sent - (unacknowledged(self._socket) if self._socket is not None else 0)

    def write(self, data: bytes) -> None:
        """Leave bytes for the generator."""
        self._next += data
        self._filled.set()

    def parts(self) -> Iterator[bytes]:
        """What to send, until the end. Being asked again means that it was sent."""
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
                    continue  # written meanwhile, perhaps the last words
                if self.ending:
                    return
                self.host.drained(self)
        finally:
            self.host.left(self, "bye" if self.ending else "left")

    def close(self) -> None:
        """Wake the generator, which ends; also where it hangs in sending."""
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
        # The next request of a connection that is kept belongs to the server.
        elif _read(self, self._socket, 1, socket.MSG_PEEK):
            sockets.unwatch(self._reading)
            self._reading = None


def _read(viewer: Viewer, connection: Any, size: int, flags: int = 0) -> bytes:
    """Read what is there, and tell the host of it, or that nothing will come any more."""
    try:
        data: bytes = connection.recv(size, flags)
    except BlockingIOError:
        return b""
    except OSError:
        data = b""
    if data:
        viewer.host.heard(viewer, data)
    else:
        viewer.host.left(viewer)
    return data
