"""Faults of the database: from time to time it is lost for a while, as if it were restarted."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import peewee

from scoreboard.chaos.notation import Plan
from scoreboard.core.storage.db import Connection, Database
from scoreboard.core.storage.unavailable import DatabaseLost

T = TypeVar("T")
AWAY = "chaos: the database is away"


class Outages:
    """The outages of the database: the planned share of the time, at the same times for the same seed."""

    def __init__(self, plan: Plan, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fault, self._monotonic = plan.database, monotonic
        self._random = random.Random(f"{plan.seed} database")
        self._lock = threading.Lock()
        self._number, self._begins, self._ends = 0, 0.0, monotonic()
        self._next()

    def current(self) -> int:
        """The number of the current outage; 0 if there is none."""
        if not self._fault.probability:
            return 0
        now = self._monotonic()
        with self._lock:
            while now >= self._ends:
                self._next()
            return self._number if now >= self._begins else 0

    def _next(self) -> None:
        least, most, share = self._fault.least_ms, self._fault.most_ms, self._fault.probability
        mean_ms = (least + most) / 2 * (1 - share) / share if share else 0.0  # between two outages
        self._number += 1
        self._begins = self._ends + mean_ms * self._random.expovariate(1) / 1000
        self._ends = self._begins + self._random.uniform(least, most) / 1000


class FaultyDatabase(Database):
    """A database that is lost while there is an outage."""

    def __init__(self, url: str, *, outages: Outages, **options: Any) -> None:
        super().__init__(url, **options)
        self._outages, self._noticed = outages, 0
        db: Any = self._db
        self._commit, db.commit = db.commit, self._commit_without_reply

    def run(self, work: Callable[[Connection], T], *, seconds: float | None = None) -> T:
        """Do `work`, unless the database is away. Raises DatabaseLost, also if the work was done."""
        outage = self._outages.current()
        if not outage:
            return super().run(work, seconds=seconds)
        if outage != self._noticed:
            # The first work of an outage is done, and its reply is lost.
            self._noticed = outage
            super().run(work, seconds=seconds)
        raise DatabaseLost(AWAY)

    def _commit_without_reply(self) -> Any:
        result = self._commit()
        if self._outages.current():
            raise peewee.OperationalError(AWAY)  # the caller can't tell whether it was committed
        return result
