"""Counting in fixed windows of time, by the library `limits`: all limits of a request in one trip to Redis.

By default the library makes three trips for a limit with its headers: hit, count, time left. Here requests
that come at the same time even share one trip.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, cast

from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import STRATEGIES, FixedWindowRateLimiter
from redis import Redis

from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.redis import Scripts

SCHEME = "scoreboard"
STRATEGY = "fixed-window-together"


class Counter(NamedTuple):
    """A counter: its key, the uses that it allows, and the length of its windows of time."""

    key: str
    allowed: int
    seconds: int


class Tally(NamedTuple):
    """The uses in the current window of time, and the seconds until the next window."""

    item: RateLimitItem
    used: int
    reset_seconds: int

    @property
    def remaining(self) -> int:
        """The number of uses that are still allowed."""
        return max(0, self.item.amount - self.used)

    @property
    def exceeded(self) -> bool:
        """True if there were more uses than are allowed."""
        return self.used > self.item.amount


class CoalescedCounts(Protocol):
    """A storage of `limits` that adds to several counters at once."""

    def add(self, counters: Sequence[Counter], cost: int) -> list[tuple[int, float]]:
        """Add `cost` to each counter up to the first exceeded one. Returns counts, and the seconds left."""

    def add_each(self, counters: Sequence[tuple[Counter, int]]) -> list[tuple[int, float]]:
        """Add to each counter its own cost, even if another counter is exceeded."""

    def give_back(self, counters: Sequence[Counter]) -> list[tuple[int, float]]:
        """Subtract one from each counter above 0."""


class RedisCounts(RedisStorage):
    """Counters that all processes share. The client's connections are made elsewhere."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - `limits` reads it while it makes the class

    def initialize_storage(self, _uri: str) -> None:
        """Load this package's scripts, too."""
        super().initialize_storage(_uri)
        self._scripts = Scripts(cast(Redis, self.get_connection()), "scoreboard.core.limits")
        self._coalescer = Coalescer(self._count)

    def prefixed_key(self, key: str) -> str:
        """The key in Redis."""
        return rediskeys.limit(key)

    def add(self, counters: Sequence[Counter], cost: int) -> list[tuple[int, float]]:
        """Add `cost` to each counter up to the first exceeded one, in one trip."""
        return _pairs(self._coalescer.ask(self._question(counters, cost)))

    def add_each(self, counters: Sequence[tuple[Counter, int]]) -> list[tuple[int, float]]:
        """Add to each counter its own cost, in one trip."""
        answers = self._count([self._question([counter], cost) for counter, cost in counters])
        return [pair for answer in answers for pair in _pairs(answer)]

    def give_back(self, counters: Sequence[Counter]) -> list[tuple[int, float]]:
        """Subtract one from each counter above 0, in one trip."""
        names = [self.prefixed_key(counter.key) for counter in counters]
        return _pairs(self._scripts.call("give_back", names, [one.seconds * 1000 for one in counters]))

    def _question(self, counters: Sequence[Counter], cost: int) -> tuple[list[str], list[int]]:
        args = [cost]
        for counter in counters:
            args += (counter.allowed, counter.seconds * 1000)
        return [self.prefixed_key(counter.key) for counter in counters], args

    def _count(self, questions: Sequence[tuple[list[str], list[int]]]) -> list[list[int]]:
        def fill(pipeline: Any) -> None:
            for names, args in questions:
                self._scripts.queue(pipeline, "count", names, args)

        return self._scripts.execute(fill)


class MemoryCounts(MemoryStorage):
    """Counters of this process."""

    def add(self, counters: Sequence[Counter], cost: int) -> list[tuple[int, float]]:
        """Add `cost` to each counter up to the first exceeded one."""
        counts, exceeded = [], False
        for counter in counters:
            count = self.get(counter.key) if exceeded else self.incr(counter.key, counter.seconds, cost)
            left = self.get_expiry(counter.key) - time.time()
            exceeded = exceeded or count >= counter.allowed + cost
            counts.append((count, left if left > 0 else counter.seconds))
        return counts

    def add_each(self, counters: Sequence[tuple[Counter, int]]) -> list[tuple[int, float]]:
        """Add to each counter its own cost."""
        return [pair for counter, cost in counters for pair in self.add([counter], cost)]

    def give_back(self, counters: Sequence[Counter]) -> list[tuple[int, float]]:
        """Subtract one from each counter above 0."""
        for counter in counters:
            if self.get(counter.key) > 0:
                self.decr(counter.key)
        return self.add(counters, 0)


class CoalescedFixedWindows(FixedWindowRateLimiter):
    """The fixed windows of `limits`, several at once."""

    storage: CoalescedCounts  # type: ignore[assignment]

    def hit_all(self, hits: Sequence[tuple[RateLimitItem, str]], *, cost: int = 1) -> list[Tally]:
        """Hit each limit with its key, in order, up to the first one that is exceeded."""
        return _tallies(hits, self.storage.add([_counter(*hit) for hit in hits], cost))

    def hit_each(self, hits: Sequence[tuple[RateLimitItem, str]], costs: Sequence[int]) -> list[Tally]:
        """Hit each limit with its key and its own cost."""
        counters = [(_counter(*hit), cost) for hit, cost in zip(hits, costs, strict=True)]
        return _tallies(hits, self.storage.add_each(counters))

    def give_back(self, hits: Sequence[tuple[RateLimitItem, str]]) -> list[Tally]:
        """Take back what `hit_all` counted."""
        return _tallies(hits, self.storage.give_back([_counter(*hit) for hit in hits]))


def _counter(item: RateLimitItem, key: str) -> Counter:
    return Counter(item.key_for(key), item.amount, item.get_expiry())


def _tallies(hits: Sequence[tuple[RateLimitItem, str]], counts: Sequence[tuple[int, float]]) -> list[Tally]:
    return [
        Tally(item, used, max(1, math.ceil(left)))
        for (item, _), (used, left) in zip(hits, counts, strict=True)
    ]


def _pairs(numbers: Sequence[int]) -> list[tuple[int, float]]:
    return [(count, left / 1000) for count, left in zip(numbers[::2], numbers[1::2], strict=True)]


STRATEGIES[STRATEGY] = CoalescedFixedWindows
