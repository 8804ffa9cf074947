"""All faults that one web process injects."""

from __future__ import annotations

import dataclasses
import logging
import random
import secrets
import threading
from collections.abc import Callable
from typing import Any

from scoreboard.chaos.notation import Plan
from scoreboard.chaos.requests import FaultyRequests
from scoreboard.chaos.store import FaultyDatabase, Outages

log = logging.getLogger(__name__)


class Chaos:
    """Injects faults as planned. Processes with the same seed inject the same faults in the same order."""

    def __init__(self, plan: Plan) -> None:
        self.plan = (
            plan if plan.seed is not None else dataclasses.replace(plan, seed=secrets.randbelow(10**6))
        )
        self._outages = Outages(self.plan)
        self._cuts = random.Random(f"{self.plan.seed} streams")
        self._stopping = threading.Event()

    def through(self, wsgi_app: Any) -> Any:
        """The application with an API that fails."""
        return FaultyRequests(wsgi_app, self.plan)

    def database(self, url: str, **options: Any) -> FaultyDatabase:
        """A database that is away when this process's others are. Takes the arguments of Database."""
        return FaultyDatabase(url, outages=self._outages, **options)

    def run(self, cut: Callable[[Callable[[], bool]], None]) -> None:
        """Once a second, have each open stream cut with the probability of a kill, until `stop`."""
        log.warning("chaos is on: requests, streams and the database fail", extra={"chaos": str(self.plan)})
        while self.plan.kill and not self._stopping.wait(1):
            cut(lambda: self._cuts.random() < self.plan.kill)

    def stop(self) -> None:
        """Cut no more streams."""
        self._stopping.set()
