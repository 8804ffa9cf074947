"""All the trouble of one web process."""

from __future__ import annotations

import dataclasses
import logging
import random
import secrets
import threading
from collections.abc import Callable
from typing import Any

from scoreboard.chaos.notation import Plan
from scoreboard.chaos.requests import TroubledRequests
from scoreboard.chaos.store import Outages, TroubledDatabase

log = logging.getLogger(__name__)


class Chaos:
    """Makes trouble as planned: the same seed makes the same in each process that asks for the same."""

    def __init__(self, plan: Plan) -> None:
        self.plan = (
            plan if plan.seed is not None else dataclasses.replace(plan, seed=secrets.randbelow(10**6))
        )
        self._outages = Outages(self.plan)
        self._cuts = random.Random(f"{self.plan.seed} streams")
        self._stopping = threading.Event()

    def through(self, wsgi_app: Any) -> Any:
        """The application, its API in trouble."""
        return TroubledRequests(wsgi_app, self.plan)

    def database(self, url: str, **how: Any) -> TroubledDatabase:
        """A database that is away when the others are. Takes what Database takes."""
        return TroubledDatabase(url, outages=self._outages, **how)

    def run(self, cut: Callable[[Callable[[], bool]], None]) -> None:
        """Once a second, have each open stream cut with the probability of a kill, until `stop`."""
        log.warning("chaos is on: requests, streams and the database fail", extra={"chaos": str(self.plan)})
        while self.plan.kill and not self._stopping.wait(1):
            cut(lambda: self._cuts.random() < self.plan.kill)

    def stop(self) -> None:
        """Let streams be."""
        self._stopping.set()
