"""Plain requests beside gunicorn's parser: read from the same bytes, with the same WSGI environment."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from gunicorn.http.message import HeaderPolicy
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import base_environ

from scoreboard.core import plain

READ_BYTES = plain.HEAD_BYTES + plain.BODY_BYTES


class PlainRequest:
    """A plain request, with what gunicorn's own code asks of a request."""

    version = (1, 1)

    def __init__(self, head: plain.Head, body: bytes, scheme: str) -> None:
        self.head, self.body, self.scheme = head, io.BytesIO(body), scheme
        self.method, self.uri, self.query = head.method, head.target, head.query

    def should_close(self) -> bool:
        """Whether no other request may follow: then it would not be plain."""
        return False

    def environ(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The request as WSGI has it; `base` is what all requests of its connection have."""
        return {
            **base,
            **self.head.fields,
            "REQUEST_METHOD": self.method,
            "RAW_URI": self.uri,
            "PATH_INFO": self.head.path,
            "QUERY_STRING": self.query,
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": self.body,
        }


class LaneParser(RequestParser):
    """gunicorn's parser, which plain requests pass by."""

    req_count: int

    def __init__(self, cfg: Any, client: Any, address: Any) -> None:
        super().__init__(cfg, client, address)
        self.unreader.mxchunk = READ_BYTES
        self._schemes = _scheme_headers(cfg, address)
        self._awaiting_body = False

    def __next__(self) -> Any:
        """The next request of the connection, once its head is there. Raises StopIteration after the last."""
        if self.mesg is not None and (self.mesg.should_close() or not self.finish_body()):
            raise StopIteration
        return self._plain() or super().__next__()

    @property
    def begun(self) -> bool:
        """Whether bytes of the next request came together with the last one's."""
        return bool(self.unreader.buf.tell())

    def overdue(self) -> Any:
        """The request of which all but the body came in time, or None.

        gunicorn waits for bodies without end, while the application reads them.
        """
        if not self._awaiting_body:
            return None
        self._awaiting_body = False
        return super().__next__()

    def _plain(self) -> PlainRequest | None:
        """The next request if it is plain. If not, its bytes are still to be read."""
        data = self.unreader.read()
        head = plain.head(data)
        told = self._schemes.keys() & head.fields.keys() if head else ()
        if head is None or len(told) > 1:
            self.unreader.unread(data)
            return None
        if len(data) < head.end:
            data = self._whole(data, head)
        if len(data) < head.end:
            self.unreader.unread(data)
            return None
        if len(data) > head.end:
            self.unreader.unread(data[head.end :])
        self.mesg, self.req_count = None, self.req_count + 1
        secure = any(head.fields[name] == self._schemes[name] for name in told)
        return PlainRequest(head, data[head.begin : head.end], "https" if secure else "http")

    def _whole(self, data: bytes, head: plain.Head) -> bytes:
        """The request with its body. Where that is late or cut off, what came of it is not lost."""
        self.unreader.unread(data)
        self._awaiting_body = True
        data = self.unreader.read(head.end)
        self._awaiting_body = False
        return data


def connection_environ(
    cfg: Any, client: Any, server: tuple[Any, ...], address: tuple[Any, ...]
) -> dict[str, Any]:
    """What the WSGI environments of all plain requests of a connection have, as gunicorn writes it."""
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
    }


def _scheme_headers(cfg: Any, address: Any) -> dict[str, str]:
    """The headers in which this peer may say that a request came by https, and how it says so."""
    policy = HeaderPolicy()
    policy.cfg, policy.peer_addr = cfg, address
    trusted, _ = policy._peer_trusted_for_forwarded()  # noqa: SLF001 - gunicorn decides whom it trusts
    return {f"HTTP_{name.replace('-', '_')}": value for name, value in trusted.items()}
