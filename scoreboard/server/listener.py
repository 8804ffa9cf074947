"""Where connections come in: a place is found for a new one as long as any other waits for its client."""

from __future__ import annotations

import errno
from functools import partial
from typing import Any

from gevent.pool import Pool
from gevent.server import StreamServer

from scoreboard.core.tcp import hold_little
from scoreboard.server.client import Client

SHARE = 100  # one in so many places is made free at once
PAUSE_SECONDS = 0.05


class Listener(StreamServer):
    """gevent's server, whose places are not held by those who wait.

    gevent takes no connection while its pool is full, so some thousand silent ones would keep everybody out.
    """

    _timer: Any

    def __init__(self, worker: Any, listener: Any, *, spawn: Pool, **_: Any) -> None:
        super().__init__(listener, handle=partial(worker.handle, listener), spawn=spawn)
        self.full = self._full  # gevent puts the pool's own here
        self._crowd = worker.crowd
        if worker.cfg.workers > 1:
            self.max_accept = 1  # as gunicorn does: other processes want some, too
        hold_little(listener)

    def do_read(self) -> tuple[Client, Any] | None:
        """Take one connection."""
        try:
            descriptor, address = self.socket._accept()  # noqa: SLF001 - as gevent does
        except BlockingIOError:
            return None
        except OSError as error:
            # Without a file for it, it waits until others have let go. A stream takes one more for a moment.
            if error.errno in (errno.EMFILE, errno.ENFILE) and self._crowd.make_room(2):
                return None
            raise
        return Client(self.socket, descriptor, self._crowd), address

    def _full(self) -> bool:
        if not self.pool.full():
            return False
        self._crowd.make_room(1 + self.pool.size // SHARE)
        return True

    def _do_read(self) -> None:
        super()._do_read()
        if self.started and self._watcher is None and self._timer is None:
            # The pool is full. Where nobody waited just now, somebody will.
            self._timer = self.loop.timer(PAUSE_SECONDS)
            self._timer.start(self._start_accepting_if_started)
