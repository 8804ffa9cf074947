"""A gevent worker whose clients are bounded in time: gunicorn's own waits for them without end."""

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
from scoreboard.server.client import Client, others_first
from scoreboard.server.connections import Connections
from scoreboard.server.listener import Listener
from scoreboard.server.memory import give_back_memory
from scoreboard.server.parser import BoundedParser

HEAD_SECONDS = 5.0  # within which a request must begin and say all but its body
ENTRY_SECONDS, ENTRY_PAUSE_SECONDS = 2.0, 0.02  # many who come back at once are busy for a moment
GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)


class WebWorker(GeventWorker):
    """gunicorn's gevent worker, which no client can keep waiting."""

    alive: bool
    below = ""  # the base path, which links begin with

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crowd = Connections()

    def run(self) -> None:
        """Serve, until told to stop."""
        if _is_plain(self.cfg):
            self.server_class = partial(Listener, self)
        else:
            self.log.warning("gunicorn speaks TLS, HTTP/2 or PROXY here: clients are not bounded in time")
        super().run()

    def notify(self) -> None:
        """Tell gunicorn, once a second, that this process is alive. Where it ends, idle connections go."""
        super().notify()
        if not self.alive:
            self.crowd.dismiss_idle()
        if self.crowd.has_gone():
            give_back_memory()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection."""
        if not isinstance(client, Client):
            super().handle(listener, client, addr)
            return
        peer = self._entered(client, addr)
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
            self.crowd.leave(client, peer)
            close(client)

    def _entered(self, client: Client, addr: Any) -> str | None:
        """What a connection leaves with, or None where its address stays too busy for it."""
        until = time.monotonic() + ENTRY_SECONDS
        while (peer := self.crowd.enter(client, addr)) is None and time.monotonic() < until:
            sleep(ENTRY_PAUSE_SECONDS)
        return peer

    def parser(self, client: Client, server: Any, addr: Any) -> BoundedParser:
        """What reads a connection's requests."""
        return BoundedParser(self.cfg, client, addr)

    def answer(self, request: Any, client: Client, server: Any, addr: Any) -> None:
        """Answer one of them. Raises StopIteration where nothing may follow."""
        self.handle_request(server, request, client, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Tell a client that there is no answer, and the log why: without its address, and what it sent."""
        error = unreadable.error_of(exc)
        if error.status >= 500 and error.status != 501:
            self.log.error("A request failed outside of the application", exc_info=exc)
        else:
            self.log.warning("A request can't be read: %s", type(exc).__name__)
        client.refuse(unreadable.answer(error, self.below))
        client.linger()

    def _serve(self, client: Client, server: Any, addr: Any) -> None:
        """Answer a connection's requests, as AsyncWorker.handle does."""
        parser, request = self.parser(client, server, addr), None
        try:
            while not parser.req_count or self._goes_on(client, parser):
                request = None
                with Timeout(HEAD_SECONDS, False):
                    request = next(parser)
                request = request or parser.overdue()
                if request is None:
                    return
                if parser.mesg is not None:
                    parser.gather()
                self.answer(request, client, server, addr)
        except StopIteration:
            if parser.is_left_over:
                client.linger()
        except (NoMoreData, GreenletExit, SystemExit) as end:
            self.log.debug("Closing connection: %s", type(end).__name__)
        except OSError:
            raise
        except BaseException as error:  # noqa: BLE001 - the client is told, whatever it was
            self.handle_error(request, client, addr, error)

    def _goes_on(self, client: Client, parser: BoundedParser) -> bool:
        """Let all who are ready go first, and wait until something of the next request is there.

        Returns whether there is, within the time that idle connections are kept. A client whose next request
        is always there would keep the others waiting: their p99 was 208 ms, not 13.
        """
        if not parser.finish_body() or parser.begun:
            others_first()
            return True
        with Timeout(self.cfg.keepalive, False):
            client.rest()
            return True
        return False


def _is_plain(cfg: Any) -> bool:
    """Whether requests come as bytes of HTTP/1 alone."""
    return not cfg.is_ssl and cfg.protocol == "http" and cfg.proxy_protocol == cfg.http2_cleartext == "off"
