"""Faults of requests: an answer is late, or the connection is closed without one."""

from __future__ import annotations

import errno
import logging
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from scoreboard.chaos.notation import Plan
from scoreboard.core.logs import loggable_path

log = logging.getLogger(__name__)

AFFECTED = "/v1/"  # pages are never affected: they show how they handle failures of the API

Application = Callable[[Any, Any], Iterable[bytes]]


class FaultyRequests:
    """A WSGI application whose API fails, in the same order for the same seed."""

    def __init__(self, wsgi_app: Application, plan: Plan) -> None:
        self._app, self._plan = wsgi_app, plan
        self._kills, self._delays = random.Random(f"{plan.seed} kill"), random.Random(f"{plan.seed} latency")

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer, or answer late, or raise ConnectionResetError."""
        if not environ["PATH_INFO"].startswith(AFFECTED):
            return self._app(environ, start_response)
        draw, late_ms = self._kills.random(), self._late_ms()
        if late_ms:
            time.sleep(late_ms / 1000)
        # Half of the killed requests are killed before any work, half after all of it. After it, only the
        # answer is lost, and clients that send again without an idempotency key count twice.
        if draw < self._plan.kill / 2:
            raise _kill(environ, "before")
        answer = self._app(environ, start_response)
        if draw < self._plan.kill:
            getattr(answer, "close", lambda: None)()
            raise _kill(environ, "after")
        return answer

    def _late_ms(self) -> float:
        # Both numbers are drawn each time, so that later draws do not depend on this one.
        late, share = self._delays.random(), self._delays.random()
        delay = self._plan.latency
        return delay.least_ms + share * (delay.most_ms - delay.least_ms) if late < delay.probability else 0.0


def _kill(environ: Any, when: str) -> ConnectionResetError:
    """Log a kill. Returns the error that makes servers close the connection, as if the client had left."""
    log.info("chaos killed a request", extra={"when": when, "path": loggable_path(environ["PATH_INFO"])})
    return ConnectionResetError(errno.ECONNRESET, "killed by chaos")
