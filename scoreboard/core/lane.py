"""The fast lane: a gevent worker that reads plain requests and writes their answers itself.

gunicorn takes a quarter of the time of a short request or more: its parser understands every form that one
can have, and it writes head and body by one call each. Whatever is not plain, it gets untouched; it also
sends the answers that are not all there at once. The application is called in the same way by both.
"""

from __future__ import annotations

import errno
import functools
import os
import time
from collections.abc import Iterable
from typing import Any, NoReturn

from gevent import GreenletExit, sleep
from gunicorn import SERVER
from gunicorn.http.errors import NoMoreData
from gunicorn.http.wsgi import FileWrapper, Response
from gunicorn.util import close, hop_headers, http_date
from gunicorn.workers.ggevent import GeventWorker

from scoreboard.core import plain
from scoreboard.core.laneparser import LaneParser, PlainRequest, connection_environ

GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)
BODILESS = ("204", "304")

Headers = list[tuple[str, str]]


class LaneWorker(GeventWorker):
    """gunicorn's gevent worker, with a fast lane."""

    alive: bool

    def run(self) -> None:
        """Serve, until told to stop."""
        self._open = _may_open(self)
        if not self._open:
            self.log.info("The fast lane is closed: gunicorn's settings ask for what only its own way does")
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        server = listener.getsockname()
        if not self._open or not isinstance(server, tuple):
            super().handle(listener, client, addr)
            return
        client.setblocking(1)
        try:
            self._serve(client, server, addr)
        except OSError as error:
            if error.errno not in GONE:
                self.log.exception("Socket error processing request.")
        finally:
            close(client)

    def _serve(self, client: Any, server: Any, addr: Any) -> None:
        """Answer a connection's requests, as AsyncWorker.handle does."""
        parser, request = LaneParser(self.cfg, client, addr), None
        base = connection_environ(self.cfg, client, server, addr)
        try:
            while True:
                request = None
                with self.timeout_ctx():
                    if parser.req_count:
                        _let_others(client, begun=parser.begun)
                    request = next(parser)
                request = request or parser.overdue()
                if request is None:
                    return
                if isinstance(request, PlainRequest):
                    self._answer(request, request.environ(base), client)
                else:
                    self.handle_request(server, request, client, addr)
        except (NoMoreData, StopIteration, GreenletExit, SystemExit) as end:
            self.log.debug("Closing connection. %s", end)
        except OSError:
            raise
        except BaseException as error:  # noqa: BLE001 - the client is told, whatever it was
            self.handle_error(request, client, addr, error)

    def _answer(self, request: PlainRequest, environ: dict[str, Any], client: Any) -> None:
        """Call the application, and send what it answers. Raises StopIteration where nothing may follow."""
        keep = self._counted()
        said: list[Any] = []

        def start_response(status: str, headers: Headers, _error: Any = None) -> Any:
            said[:] = status, headers
            return _no_writing

        parts = self.wsgi(environ, start_response)
        try:
            status, headers = said
            head = _head(status, headers, keep=keep) if _is_whole(status, headers, parts) else None
            if head is None:
                self._stream(Response(request, client, self.cfg), status, headers, parts, keep=keep)
            else:
                _send(client, head + b"".join(parts))
        finally:
            if hasattr(parts, "close"):
                parts.close()
        if not keep:
            raise StopIteration

    def _counted(self) -> bool:
        """Count a request. Returns whether others may follow on its connection."""
        self.nr += 1
        if self.alive and self.nr >= self.max_requests:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False
        return bool(self.alive and self.cfg.keepalive)

    def _stream(
        self, response: Response, status: str, headers: Headers, parts: Iterable[bytes], *, keep: bool
    ) -> None:
        """Let gunicorn send an answer as it comes."""
        if not keep:
            response.force_close()
        try:
            response.start_response(status, headers)
            if isinstance(parts, FileWrapper):
                response.write_file(parts)
            else:
                for part in parts:
                    response.write(part)
            response.close()
        except OSError:
            raise
        except Exception:
            if not response.headers_sent:
                raise
            # Half of it was sent: another answer would be read as its rest.
            self.log.exception("Error handling request")
            raise StopIteration from None
        if response.should_close():
            raise StopIteration


def _may_open(worker: GeventWorker) -> bool:
    """Whether gunicorn's settings ask for nothing that only its own way does."""
    cfg = worker.cfg
    limits = (cfg.limit_request_line, cfg.limit_request_field_size)
    return not (
        cfg.is_ssl
        or cfg.protocol != "http"
        or cfg.proxy_protocol != "off"
        or cfg.http2_cleartext != "off"
        or worker.log.access_log_enabled
        or os.environ.get("SCRIPT_NAME")
        or any(0 < limit < plain.HEAD_BYTES for limit in limits)
        or 0 < cfg.limit_request_fields < plain.MOST_FIELDS
    )


def _let_others(client: Any, *, begun: bool) -> None:
    """Let all who are ready go first, and wait for the next request where nothing of it is there.

    Who always has his next request ready would keep them waiting: in a trial their p99 was 208 ms, not 13.
    """
    if begun:
        sleep(0)
    else:
        client._wait(client._read_event)  # noqa: SLF001 - the public way makes a watcher each time


def _is_whole(status: str, headers: Headers, parts: Iterable[bytes]) -> bool:
    """Whether an answer is all there, and says no more than how long it is."""
    names = {name.lower() for name, _ in headers}
    sized = ("content-length" in names) != status.startswith(BODILESS)
    return sized and names.isdisjoint(hop_headers) and not isinstance(parts, FileWrapper)


def _head(status: str, headers: Headers, *, keep: bool) -> bytes | None:
    """The head of an answer; None where a header holds a line end, which gunicorn has words for."""
    text = "".join(
        [
            f"HTTP/1.1 {status}\r\nServer: {SERVER}\r\nDate: {_date(int(time.time()))}\r\n",
            f"Connection: {'keep-alive' if keep else 'close'}\r\n",
            *[f"{name}: {value}\r\n" for name, value in headers],
            "\r\n",
        ]
    )
    return text.encode("latin-1") if text.count("\n") == text.count("\r") == len(headers) + 5 else None


@functools.lru_cache(maxsize=1)
def _date(seconds: int) -> str:
    return str(http_date(seconds))


def _send(client: Any, data: bytes) -> None:
    # Nearly always at once; `sendall` asks the system for its buffer's size first.
    sent = client.send(data)
    if sent < len(data):
        client.sendall(memoryview(data)[sent:])


def _no_writing(_data: bytes) -> NoReturn:
    raise NotImplementedError("an application answers by what it returns")
