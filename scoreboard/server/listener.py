"""Accepting connections: a new one gets a slot as long as any other one waits for its client."""

from __future__ import annotations

import errno
from functools import partial
from typing import Any

from gevent.pool import Pool
from gevent.server import StreamServer

from scoreboard.core.tcp import hold_little
from scoreboard.server.client import Client

SHARE = 100  # one in so many slots is freed at once
PAUSE_SECONDS = 0.05


class Listener(StreamServer):
    """gevent's server, with slots that waiting connections can't hold.

    gevent accepts no connection while its pool is full, so a few thousand silent ones would block all others.
    """

    _timer: Any

    def __init__(self, worker: Any, listener: Any, *, spawn: Pool, **_: Any) -> None:
        super().__init__(listener, handle=partial(worker.handle, listener), spawn=spawn)
        self.full = self._full  # gevent sets the pool's own method here
        self._connections = worker.connections
        if worker.cfg.workers > 1:
            self.max_accept = 1  # as gunicorn does: other processes accept some, too
        hold_little(listener)

    def do_read(self) -> tuple[Client, Any] | None:
        """Accept one connection."""
        try:
            descriptor, address = self.socket._accept()  # noqa: SLF001 - as gevent does
        except BlockingIOError:
            return None
        except OSError as error:
            # There is no file descriptor left. Two are freed: a new stream needs a second one for a moment.
            if error.errno in (errno.EMFILE, errno.ENFILE) and self._connections.make_room(2):
                return None
            raise
        return Client(self.socket, descriptor, self._connections), address

    def _full(self) -> bool:
        if not self.pool.full():
            return False
        self._connections.make_room(1 + self.pool.size // SHARE)
        return True

    def _do_read(self) -> None:
        super()._do_read()
        if self.started and self._watcher is None and self._timer is None:
            # The pool is full of busy connections. Some will soon wait.
            self._timer = self.loop.timer(PAUSE_SECONDS)
            self._timer.start(self._start_accepting_if_started)
