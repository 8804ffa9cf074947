"""Parsing plain requests without gunicorn: the same bytes give the same WSGI environment."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from gunicorn.http.wsgi import base_environ

from scoreboard.server import pace, plain
from scoreboard.server.parser import BoundedParser

READ_BYTES = plain.HEAD_BYTES + plain.BODY_BYTES


class PlainRequest:
    """A plain request, with the attributes that gunicorn's own code reads."""

    version = (1, 1)

    def __init__(self, head: plain.Head, body: bytes, base: Mapping[str, Any]) -> None:
        """`base` is the part of the environment that all requests of a connection share."""
        self.head, self.body, self._base = head, io.BytesIO(body), base
        self.method, self.uri, self.query = head.method, head.target, head.query

    def should_close(self) -> bool:
        """Always False: a request that closes its connection is not plain."""
        return False

    def environ(self) -> dict[str, Any]:
        """The request as a WSGI environment."""
        return {
            **self._base,
            **self.head.fields,
            "REQUEST_METHOD": self.method,
            "RAW_URI": self.uri,
            "PATH_INFO": self.head.path,
            "QUERY_STRING": self.query,
            "wsgi.input": self.body,
        }


class FastPathParser(BoundedParser):
    """gunicorn's parser, for all requests that are not plain."""

    def __init__(self, cfg: Any, client: Any, address: Any, base: Mapping[str, Any]) -> None:
        super().__init__(cfg, client, address)
        self.unreader.mxchunk = READ_BYTES
        self._base = base
        self._late: pace.Pace | None = None  # of a plain request whose body has not arrived

    def __next__(self) -> Any:
        """The next request of the connection, once its head is there. Raises StopIteration after the last."""
        if self.mesg is not None and (self.mesg.should_close() or not self.finish_body()):
            raise StopIteration
        return self._plain() or super().__next__()

    def late_request(self) -> Any:
        """The request whose head came in time and whose body did not, or None. Waits for the body."""
        return next(self) if self._late else None

    def _plain(self) -> PlainRequest | None:
        """The next request if it is plain. Otherwise its bytes are put back."""
        data = self.unreader.read()
        head = plain.head(data)
        if head is not None and len(data) < head.end:
            data = self._read_whole(data, head)
        if head is None or len(data) < head.end:
            self.unreader.unread(data)
            return None
        if len(data) > head.end:
            self.unreader.unread(data[head.end :])
        self.mesg, self.req_count = None, self.req_count + 1
        return PlainRequest(head, data[head.begin : head.end], self._base)

    def _read_whole(self, data: bytes, head: plain.Head) -> bytes:
        """The request with its body. If the body is late or cut off, the bytes that came are kept."""
        self.unreader.unread(data)
        self.unreader.pace = self._late = self._late or pace.for_body()
        data = self.unreader.read(head.end)
        self.unreader.pace = self._late = None
        return data


def connection_environ(
    cfg: Any, client: Any, server: tuple[Any, ...], address: tuple[Any, ...]
) -> dict[str, Any]:
    """The part of the WSGI environment that all plain requests of a connection share."""
    base: dict[str, Any] = base_environ(cfg)
    return base | {
        "wsgi.multithread": True,
        "gunicorn.socket": client,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": address[0],
        "REMOTE_PORT": str(address[1]),
        "SCRIPT_NAME": "",
        "wsgi.url_scheme": "http",
    }
