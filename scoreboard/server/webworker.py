"""A gevent worker with time limits for its clients: gunicorn's own has none."""

from __future__ import annotations

import errno
import time
from functools import partial
from typing import Any

from gevent import GreenletExit, Timeout, sleep
from gunicorn.http.errors import NoMoreData
from gunicorn.util import close
from gunicorn.workers.ggevent import GeventWorker

from scoreboard.server import unreadable
from scoreboard.server.client import Client, yield_to_others
from scoreboard.server.connections import Connections
from scoreboard.server.listener import Listener
from scoreboard.server.memory import give_back_memory
from scoreboard.server.parser import BoundedParser

HEAD_SECONDS = 5.0  # for a request to begin, and for its head to arrive
ENTRY_SECONDS, ENTRY_PAUSE_SECONDS = 2.0, 0.02  # many clients that reconnect at once are busy for a moment
GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)


class WebWorker(GeventWorker):
    """gunicorn's gevent worker, which no slow client can block."""

    alive: bool
    below = ""  # the base path

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections = Connections()

    def run(self) -> None:
        """Serve until the worker is stopped."""
        if _is_plain(self.cfg):
            self.server_class = partial(Listener, self)
        else:
            self.log.warning("gunicorn is set to TLS, HTTP/2 or PROXY: its clients have no time limits")
        super().run()

    def notify(self) -> None:
        """Tell gunicorn, once a second, that this process is alive. On shutdown close idle connections."""
        super().notify()
        if not self.alive:
            self.connections.evict_idle()
        if self.connections.has_shrunk():
            give_back_memory()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        if not isinstance(client, Client):
            super().handle(listener, client, addr)
            return
        peer = self._admit(client, addr)
        try:
            if peer is None:
                client.refuse(unreadable.answer(unreadable.too_many(), self.below))
            else:
                self._serve(client, listener.getsockname(), addr)
        except OSError as error:
            client.abort()
            if not isinstance(error, TimeoutError) and error.errno not in GONE:
                self.log.exception("Socket error processing request.")
        finally:
            self.connections.remove(client, peer)
            close(client)

    def _admit(self, client: Client, addr: Any) -> str | None:
        """Admit a connection. Returns the key to remove it with, or None if its address stays too busy."""
        until = time.monotonic() + ENTRY_SECONDS
        while (peer := self.connections.admit(client, addr)) is None and time.monotonic() < until:
            sleep(ENTRY_PAUSE_SECONDS)
        return peer

    def parser(self, client: Client, server: Any, addr: Any) -> BoundedParser:
        """The parser of a connection's requests."""
        return BoundedParser(self.cfg, client, addr)

    def answer(self, request: Any, client: Client, server: Any, addr: Any) -> None:
        """Answer a request. Raises StopIteration if no other may follow."""
        self.handle_request(server, request, client, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Send an error to the client, and log its cause, without the client's address and bytes."""
        error = unreadable.error_of(exc)
        if error.status >= 500 and error.status != 501:
            self.log.error("A request failed outside of the application", exc_info=exc)
        else:
            self.log.warning("Malformed request: %s", type(exc).__name__)
        client.refuse(unreadable.answer(error, self.below))
        client.linger()

    def _serve(self, client: Client, server: Any, addr: Any) -> None:
        """Answer a connection's requests, as AsyncWorker.handle does."""
        parser, request = self.parser(client, server, addr), None
        try:
            while not parser.req_count or self._wait_for_next(client, parser):
                request = None
                with Timeout(HEAD_SECONDS, False):
                    request = next(parser)
                request = request or parser.late_request()
                if request is None:
                    return
                if parser.mesg is not None:
                    parser.read_short_body()
                self.answer(request, client, server, addr)
        except StopIteration:
            if parser.has_unread_bytes:
                client.linger()
        except (NoMoreData, GreenletExit, SystemExit) as end:
            self.log.debug("Closing connection: %s", type(end).__name__)
        except OSError:
            raise
        except BaseException as error:  # noqa: BLE001 - the client gets an answer to any error
            self.handle_error(request, client, addr, error)

    def _wait_for_next(self, client: Client, parser: BoundedParser) -> bool:
        """Let other connections go first, and wait for the first bytes of the next request.

        Returns False if none came for as long as idle connections are kept. If others did not go first, a
        client that pipelines requests would block them: their p99 was 208 ms instead of 13.
        """
        if not parser.finish_body() or parser.has_next:
            yield_to_others()
            return True
        with Timeout(self.cfg.keepalive, False):
            client.wait_for_request()
            return True
        return False


def _is_plain(cfg: Any) -> bool:
    """True if connections carry nothing but HTTP/1."""
    return not cfg.is_ssl and cfg.protocol == "http" and cfg.proxy_protocol == cfg.http2_cleartext == "off"
