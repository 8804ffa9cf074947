"""Requests in trouble: they come late, or their connection is killed without an answer."""

from __future__ import annotations

import errno
import logging
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from scoreboard.chaos.notation import Plan
from scoreboard.core.logs import shown

log = logging.getLogger(__name__)

TROUBLED = "/v1/"  # a page that does not come can't show how it bears the rest

Application = Callable[[Any, Any], Iterable[bytes]]


class TroubledRequests:
    """A WSGI application whose API suffers, in the same order for the same seed."""

    def __init__(self, wsgi_app: Application, plan: Plan) -> None:
        self._app, self._plan = wsgi_app, plan
        self._kills, self._delays = random.Random(f"{plan.seed} kill"), random.Random(f"{plan.seed} latency")

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer, perhaps late, perhaps not at all."""
        if not environ["PATH_INFO"].startswith(TROUBLED):
            return self._app(environ, start_response)
        fate, late_ms = self._kills.random(), self._late_ms()
        if late_ms:
            time.sleep(late_ms / 1000)
        # One half dies before anything was done, the other half when all was done: there the
        # answer alone is lost, which is what counts twice where somebody was careless.
        if fate < self._plan.kill / 2:
            raise _killed(environ, "before")
        answer = self._app(environ, start_response)
        if fate < self._plan.kill:
            getattr(answer, "close", lambda: None)()
            raise _killed(environ, "after")
        return answer

    def _late_ms(self) -> float:
        # Both are drawn each time, so that what follows does not depend on it.
        late, share = self._delays.random(), self._delays.random()
        delay = self._plan.latency
        return delay.least_ms + share * (delay.most_ms - delay.least_ms) if late < delay.chance else 0.0


def _killed(environ: Any, when: str) -> ConnectionResetError:
    """What makes servers close the connection: to them the client has gone."""
    log.info("chaos killed a request", extra={"when": when, "path": shown(environ["PATH_INFO"])})
    return ConnectionResetError(errno.ECONNRESET, "killed by chaos")
