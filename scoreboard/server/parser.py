"""gunicorn's parser, with bounds: no body is waited for or read without end."""

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
from scoreboard.server.client import SHORTEST_SECONDS, others_first

UNREAD_BYTES = 256 * 1024  # so much of a body that nobody reads is taken from the connection
SHORT_BYTES = 64 * 1024
PIECE_BYTES, MOST_BYTES = 4 * 1024, 64 * 1024


class BoundedUnreader(SocketUnreader):
    """Reads a connection's bytes. While these are a body's, they must come in time."""

    pace: paces.Pace | None = None  # of the body that is read now

    def read(self, size: int | None = None, read_ahead: int | None = None) -> bytes:
        """Read `size` bytes, or what is there.

        Of a body never all at once: gunicorn copies it again for each of its chunks.
        """
        if size is None and self.pace is not None and self.buf.tell() > PIECE_BYTES:
            size = PIECE_BYTES
        data: bytes = super().read(size, read_ahead)
        return data

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Read what comes next. Raises RequestTimeout where a body comes too slowly."""
        if self.pace is None:
            return bytes(self.sock.recv(self.mxchunk))
        return self._piece(self.pace, min(max(size_hint or 0, PIECE_BYTES), MOST_BYTES))

    def _piece(self, expected: paces.Pace, size: int) -> bytes:
        began, data = time.monotonic(), b""
        self.sock.settimeout(max(SHORTEST_SECONDS, expected.left))
        try:
            data = self.sock.recv(size)
        except TimeoutError:
            raise RequestTimeout("The body did not come in time. Send the request again.") from None
        finally:
            self.sock.settimeout(None)
            expected.moved(len(data), time.monotonic() - began)
        if self.sock.is_dismissed:
            raise ConnectionResetError(errno.ECONNRESET, "dismissed: its place was needed")
        others_first()  # gevent lets nobody else go while there is something to read
        return bytes(data)


class BoundedBody(Body):
    """A request's body, whose faults are the client's."""

    def _read_reader(self, size: int) -> bytes:
        try:
            data: bytes = super()._read_reader(size)
        except ParseException:
            raise BadRequest("The body's chunks can't be read: see RFC 9112, 7.1.") from None
        return data

    @property
    def is_long(self) -> bool:
        """Whether more of it is to come than is read for nothing."""
        return bool(getattr(self.reader, "length", 0) > UNREAD_BYTES)

    @property
    def is_left_over(self) -> bool:
        """Whether some of it may still come."""
        more = getattr(self.reader, "length", 0) or getattr(self.reader, "parser", None)
        return bool(self.failed or more)


class BoundedRequest(Request):
    """A request as gunicorn reads it."""

    def set_body_reader(self) -> None:
        """Find out how the body ends."""
        super().set_body_reader()
        self.body: BoundedBody = BoundedBody(self.body.reader)

    def should_close(self) -> bool:
        """Whether no other request may follow, because of what this one says or of how its body is."""
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
        self.unreader.pace = paces.of_body()
        return request

    def finish_body(self, deadline: float | None = None, max_bytes: int | None = None) -> bool:
        """Read what nobody read of the last body. Returns whether another request can follow."""
        body = self.mesg.body if self.mesg is not None else None
        if body is not None and not _is_read(body, self.unreader):
            return False
        self.unreader.pace = None
        return True

    @property
    def begun(self) -> bool:
        """Whether bytes of the next request came together with the last one's."""
        return bool(self.unreader.buf.tell())

    @property
    def is_left_over(self) -> bool:
        """Whether something may still come that belongs to the last request."""
        return self.mesg is not None and self.mesg.body.is_left_over

    def overdue(self) -> Any:
        """The request of which all but the body came in time, or None."""
        return None

    def gather(self) -> None:
        """Wait for a short body, before the application does at more cost. Raises RequestTimeout."""
        length = getattr(self.mesg.body.reader, "length", 0)
        if 0 < length <= SHORT_BYTES and not self.mesg._expected_100_continue:  # noqa: SLF001
            self.unreader.unread(self.unreader.read(length))


def _is_read(body: BoundedBody, unreader: BoundedUnreader) -> bool:
    """Whether the rest of a body is short, comes soon, and is read now."""
    if body.failed or body.is_long:
        return False
    unreader.pace, count = paces.of_unread_body(), 0
    try:
        while data := body.read(PIECE_BYTES):
            count += len(data)
            if count > UNREAD_BYTES:
                return False
    except (ScoreboardError, OSError):
        return False
    return True
