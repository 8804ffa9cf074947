"""All faults that one web process injects."""

from __future__ import annotations

import dataclasses
import logging
import random
import secrets
from collections.abc import Callable
from typing import Any

from scoreboard.chaos.notation import Plan
from scoreboard.chaos.requests import FaultyRequests
from scoreboard.chaos.store import FaultyDatabase, Outages
from scoreboard.core.background import Loop

log = logging.getLogger(__name__)

CUT_SECONDS = 1.0


class Chaos:
    """Injects faults as planned. Processes with the same seed inject the same faults in the same order."""

    def __init__(self, plan: Plan) -> None:
        self.plan = (
            plan if plan.seed is not None else dataclasses.replace(plan, seed=secrets.randbelow(10**6))
        )
        self._outages = Outages(self.plan)

    def through(self, wsgi_app: Any) -> Any:
        """Wrap the application, so that its API fails."""
        return FaultyRequests(wsgi_app, self.plan)

    def database(self, url: str, **options: Any) -> FaultyDatabase:
        """Open a database that is away together with the others. Takes the arguments of Database."""
        return FaultyDatabase(url, outages=self._outages, **options)

    def cuts(self, cut: Callable[[Callable[[], bool]], None]) -> Loop:
        """The task that cuts open streams once a second, each with the probability of a kill."""
        draw = random.Random(f"{self.plan.seed} streams")

        def turn() -> float | None:
            cut(lambda: draw.random() < self.plan.kill)
            return CUT_SECONDS if self.plan.kill else None

        log.warning("chaos is on: requests, streams and the database fail", extra={"chaos": str(self.plan)})
        return Loop("cutting streams", turn, rest_seconds=CUT_SECONDS)
