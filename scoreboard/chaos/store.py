"""A database in trouble: now and then it is lost for a while, as if it were restarted."""

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
    """When the database is away: for this share of the time, in the same order for the same seed."""

    def __init__(self, plan: Plan, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._trouble, self._monotonic = plan.database, monotonic
        self._dice = random.Random(f"{plan.seed} database")
        self._turn = threading.Lock()
        self._number, self._begins, self._ends = 0, 0.0, monotonic()
        self._next()

    def current(self) -> int:
        """The number of the outage that lasts now; 0 where there is none."""
        if not self._trouble.chance:
            return 0
        now = self._monotonic()
        with self._turn:
            while now >= self._ends:
                self._next()
            return self._number if now >= self._begins else 0

    def _next(self) -> None:
        least, most, chance = self._trouble.least_ms, self._trouble.most_ms, self._trouble.chance
        usual = (least + most) / 2 * (1 - chance) / chance if chance else 0.0  # between two outages
        self._number += 1
        self._begins = self._ends + usual * self._dice.expovariate(1) / 1000
        self._ends = self._begins + self._dice.uniform(least, most) / 1000


class TroubledDatabase(Database):
    """A database that is lost while there is an outage."""

    def __init__(self, url: str, *, outages: Outages, **how: Any) -> None:
        super().__init__(url, **how)
        self._outages, self._noticed = outages, 0
        db: Any = self._db
        self._commit, db.commit = db.commit, self._commit_unheard

    def run(self, work: Callable[[Connection], T], *, seconds: float | None = None) -> T:
        """Do `work`, unless the database is away. Raises Lost as well where the work was done."""
        outage = self._outages.current()
        if not outage:
            return super().run(work, seconds=seconds)
        if outage != self._noticed:
            # The connection breaks while something is done.
            self._noticed = outage
            super().run(work, seconds=seconds)
        raise DatabaseLost(AWAY)

    def _commit_unheard(self) -> Any:
        done = self._commit()
        if self._outages.current():
            raise peewee.OperationalError(AWAY)  # nobody can say whether it was done
        return done
