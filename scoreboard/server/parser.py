"""gunicorn's parser with limits: no body takes forever to arrive or to read."""

from __future__ import annotations

import errno
import time
from typing import Any

from gunicorn.http.body import Body
from gunicorn.http.errors import ParseException
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader

from scoreboard.core.errors import BadRequest, RequestTimeout, ScoreboardError
from scoreboard.server import pace as paces
from scoreboard.server.client import SHORTEST_SECONDS, yield_to_others

UNREAD_BYTES = 256 * 1024  # the longest unread rest of a body that is read and discarded
SHORT_BYTES = 64 * 1024
PIECE_BYTES, MAX_BYTES = 4 * 1024, 64 * 1024


class BoundedUnreader(SocketUnreader):
    """Reads a connection's bytes. Those of a body must come in time."""

    pace: paces.Pace | None = None  # of the body that is read now

    def read(self, size: int | None = None, read_ahead: int | None = None) -> bytes:
        """Read `size` bytes, or as many as there are.

        A body is read in small pieces: gunicorn copies the rest of the buffer for each chunk.
        """
        if size is None and self.pace is not None and self.buf.tell() > PIECE_BYTES:
            size = PIECE_BYTES
        data: bytes = super().read(size, read_ahead)
        return data

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Read the next bytes. Raises RequestTimeout if a body comes too slowly."""
        if self.pace is None:
            return bytes(self.sock.recv(self.mxchunk))
        return self._piece(self.pace, min(max(size_hint or 0, PIECE_BYTES), MAX_BYTES))

    def _piece(self, expected: paces.Pace, size: int) -> bytes:
        began, data = time.monotonic(), b""
        self.sock.settimeout(max(SHORTEST_SECONDS, expected.seconds_left))
        try:
            data = self.sock.recv(size)
        except TimeoutError:
            raise RequestTimeout("The body did not come in time. Send the request again.") from None
        finally:
            self.sock.settimeout(None)
            expected.record(len(data), time.monotonic() - began)
        if self.sock.is_evicted:
            raise ConnectionResetError(errno.ECONNRESET, "closed to make room for another connection")
        yield_to_others()  # gevent switches to no other greenlet while there is something to read
        return bytes(data)


class BoundedBody(Body):
    """A request's body. Its faults are reported as the client's."""

    def _read_reader(self, size: int) -> bytes:
        try:
            data: bytes = super()._read_reader(size)
        except ParseException:
            raise BadRequest("The body's chunks can't be read: see RFC 9112, 7.1.") from None
        return data

    @property
    def is_long(self) -> bool:
        """True if its rest is too long to read and discard."""
        return bool(getattr(self.reader, "length", 0) > UNREAD_BYTES)

    @property
    def has_unread_bytes(self) -> bool:
        """True if bytes of it may still arrive."""
        more = getattr(self.reader, "length", 0) or getattr(self.reader, "parser", None)
        return bool(self.failed or more)


class BoundedRequest(Request):
    """A request as gunicorn reads it."""

    def set_body_reader(self) -> None:
        """Choose the reader by how the body ends."""
        super().set_body_reader()
        self.body: BoundedBody = BoundedBody(self.body.reader)

    def should_close(self) -> bool:
        """True if no other request may follow, because of this one's headers or body."""
        return bool(super().should_close() or self.body.failed or self.body.is_long)


class BoundedParser(RequestParser):
    """Reads the requests of one connection."""

    mesg_class = BoundedRequest
    req_count: int

    def __init__(self, cfg: Any, client: Any, address: Any) -> None:
        super().__init__(cfg, client, address)
        self.unreader = BoundedUnreader(client)

    def __next__(self) -> Any:
        """The next request of the connection, once its head is there. Raises StopIteration after the last."""
        request = super().__next__()
        self.unreader.pace = paces.for_body()
        return request

    def finish_body(self, deadline: float | None = None, max_bytes: int | None = None) -> bool:
        """Read the unread rest of the last body. Returns True if another request can follow."""
        body = self.mesg.body if self.mesg is not None else None
        if body is not None and not _discard_rest(body, self.unreader):
            return False
        self.unreader.pace = None
        return True

    @property
    def has_next(self) -> bool:
        """True if bytes of the next request came together with the last one."""
        return bool(self.unreader.buf.tell())

    @property
    def has_unread_bytes(self) -> bool:
        """True if bytes of the last request may still arrive."""
        return self.mesg is not None and self.mesg.body.has_unread_bytes

    def late_request(self) -> Any:
        """The request whose head came in time and whose body did not, or None."""
        return None

    def read_short_body(self) -> None:
        """Wait for a short body here, if it costs less than in the application. Raises RequestTimeout."""
        length = getattr(self.mesg.body.reader, "length", 0)
        if 0 < length <= SHORT_BYTES and not self.mesg._expected_100_continue:  # noqa: SLF001
            self.unreader.unread(self.unreader.read(length))


def _discard_rest(body: BoundedBody, unreader: BoundedUnreader) -> bool:
    """Read and discard the rest of a body. Returns False if it is too long or too late."""
    if body.failed or body.is_long:
        return False
    unreader.pace, count = paces.for_unread_body(), 0
    try:
        while data := body.read(PIECE_BYTES):
            count += len(data)
            if count > UNREAD_BYTES:
                return False
    except (ScoreboardError, OSError):
        return False
    return True
