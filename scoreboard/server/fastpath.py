"""The fast path: a gevent worker that parses plain requests, calls endpoints, and writes answers itself.

gunicorn and Flask take most of the time of a short request: gunicorn's parser understands every form of a
request, and Flask prepares for every kind of view. They still get everything else: gunicorn each request that
is not plain, with unchanged bytes, and each answer that is not complete at once; Flask all routes that are no
endpoints. The same bytes get the same answer on either way.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable
from typing import Any, NoReturn

from gunicorn import SERVER
from gunicorn.http.wsgi import FileWrapper, Response
from gunicorn.util import hop_headers, http_date
from werkzeug.http import HTTP_STATUS_CODES

from scoreboard.core.http.answers import Answer
from scoreboard.server import plain
from scoreboard.server.client import Client
from scoreboard.server.endpoints import Endpoints, NotHandled
from scoreboard.server.fastparser import FastPathParser, PlainRequest, connection_environ
from scoreboard.server.parser import BoundedParser
from scoreboard.server.webworker import WebWorker

COPIED_BYTES = 64 * 1024
BODILESS = ("204", "304")

Headers = list[tuple[str, str]]


class FastPathWorker(WebWorker):
    """Our gevent worker, with the fast path."""

    def run(self) -> None:
        """Serve until the worker is stopped."""
        self._enabled = _can_run(self)
        self._endpoints = Endpoints(self.wsgi)
        if not self._enabled:
            self.log.info("The fast path is off: gunicorn's settings need its own parser")
        super().run()

    def parser(self, client: Client, server: Any, addr: Any) -> BoundedParser:
        """The parser of a connection's requests."""
        if not self._enabled or not isinstance(server, tuple):
            return super().parser(client, server, addr)
        return FastPathParser(self.cfg, client, addr, connection_environ(self.cfg, client, server, addr))

    def answer(self, request: Any, client: Client, server: Any, addr: Any) -> None:
        """Answer a request. Raises StopIteration if no other may follow."""
        if isinstance(request, PlainRequest):
            self._answer(request, client)
        else:
            super().answer(request, client, server, addr)

    def _answer(self, request: PlainRequest, client: Client) -> None:
        """Call the endpoint or the application, and send the answer."""
        keep = self._count_request()
        try:
            found = self._endpoints.answer(request)
        except NotHandled:
            self._call_application(request, client, keep=keep)
        else:
            self._send_answer(request, client, found, keep=keep)
        if not keep:
            raise StopIteration

    def _send_answer(self, request: PlainRequest, client: Client, found: Answer, *, keep: bool) -> None:
        """Send the answer of an endpoint."""
        status, headers = _status_line(found.status), list(found.headers.items())
        head = _head(status, headers, keep=keep)
        if head is None:
            self._stream(Response(request, client, self.cfg), status, headers, [found.body], keep=keep)
        else:
            _send(client, head, found.body)

    def _call_application(self, request: PlainRequest, client: Client, *, keep: bool) -> None:
        """Call the application by WSGI, and send its answer."""
        response: list[Any] = []

        def start_response(status: str, headers: Headers, _error: Any = None) -> Any:
            response[:] = status, headers
            return _no_writing

        chunks = self.wsgi(request.environ(), start_response)
        try:
            status, headers = response
            head = _head(status, headers, keep=keep) if _is_complete(status, headers, chunks) else None
            if head is None:
                self._stream(Response(request, client, self.cfg), status, headers, chunks, keep=keep)
            else:
                _send(client, head, b"".join(chunks))
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def _count_request(self) -> bool:
        """Count a request. Returns True if others may follow on its connection."""
        self.nr += 1
        if self.alive and self.nr >= self.max_requests:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False
        return bool(self.alive and self.cfg.keepalive)

    def _stream(
        self, response: Response, status: str, headers: Headers, chunks: Iterable[bytes], *, keep: bool
    ) -> None:
        """Let gunicorn send an answer chunk by chunk."""
        if not keep:
            response.force_close()
        try:
            response.start_response(status, headers)
            if isinstance(chunks, FileWrapper):
                response.write_file(chunks)
            else:
                for chunk in chunks:
                    response.write(chunk)
            response.close()
        except OSError:
            raise
        except Exception:
            if not response.headers_sent:
                raise
            # A part was sent: the client would read an error's answer as its rest.
            self.log.exception("Error handling request")
            raise StopIteration from None
        if response.should_close():
            raise StopIteration


def _can_run(worker: WebWorker) -> bool:
    """True if gunicorn's settings need nothing that only its own parser does."""
    cfg = worker.cfg
    limits = (cfg.limit_request_line, cfg.limit_request_field_size)
    return not (
        cfg.forwarded_allow_ips
        or worker.log.access_log_enabled
        or os.environ.get("SCRIPT_NAME")
        or any(0 < limit < plain.HEAD_BYTES for limit in limits)
        or 0 < cfg.limit_request_fields < plain.MAX_FIELDS
    )


def _is_complete(status: str, headers: Headers, chunks: Iterable[bytes]) -> bool:
    """True if an answer is complete, and has no header about the connection but its length."""
    names = {name.lower() for name, _ in headers}
    has_known_length = ("content-length" in names) != status.startswith(BODILESS)
    return has_known_length and names.isdisjoint(hop_headers) and not isinstance(chunks, FileWrapper)


def _head(status: str, headers: Headers, *, keep: bool) -> bytes | None:
    """The head of an answer; None if a header contains a line end, which gunicorn reports."""
    text = "".join(
        [
            f"HTTP/1.1 {status}\r\nServer: {SERVER}\r\nDate: {_date(int(time.time()))}\r\n",
            f"Connection: {'keep-alive' if keep else 'close'}\r\n",
            *[f"{name}: {value}\r\n" for name, value in headers],
            "\r\n",
        ]
    )
    return text.encode("latin-1") if text.count("\n") == text.count("\r") == len(headers) + 5 else None


@functools.cache
def _status_line(status: int) -> str:
    """The status with its phrase, as Flask writes it."""
    return f"{status} {HTTP_STATUS_CODES[status].upper()}"


@functools.lru_cache(maxsize=1)
def _date(seconds: int) -> str:
    return str(http_date(seconds))


def _send(client: Client, head: bytes, body: bytes) -> None:
    """Send an answer by one call. A long body is not copied for that: many slow readers may have one."""
    if len(body) > COPIED_BYTES:
        client.sendall(head)
        client.sendall(body)
    else:
        client.sendall(head + body)


def _no_writing(_data: bytes) -> NoReturn:
    raise NotImplementedError("WSGI's write() is not supported: return the body")
