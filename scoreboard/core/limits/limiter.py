"""The limiter: counts in Redis for all processes, and in memory while Redis fails."""

from __future__ import annotations

import functools
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, cast

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse_many
from redis import Redis
from redis.exceptions import ResponseError

from scoreboard.core.http.addresses import SITE6_PREFIX, SITE_TIMES
from scoreboard.core.limits.counters import SCHEME, STRATEGY, CoalescedFixedWindows, MemoryCounts, Tally
from scoreboard.core.limits.pending import PendingCounts
from scoreboard.core.storage.redis import Breaker, RedisAway

log = logging.getLogger(__name__)

MAX_REMEMBERED = 10_000  # exceeded limits that a process remembers, and as many pending counts


class Use(NamedTuple):
    """A use to be counted: the limit that it counts against, and the key it is counted by."""

    name: str
    key: str
    of_site: bool = False  # counted for the whole site, which may have many networks


class Limit(NamedTuple):
    """A limit of all processes together, and this process's share of it."""

    whole: RateLimitItem
    share: RateLimitItem


Hit = tuple[Limit, str]  # with the digest of its key
RecentTallies = OrderedDict[tuple[str, str], tuple[Tally, float]]  # name and digest → tally, and until when
Count = Callable[[CoalescedFixedWindows, Sequence[tuple[RateLimitItem, str]]], list[Tally]]


class Limits:
    """Limits by name, and the counts of their uses. Never fails, and hardly ever waits."""

    def __init__(
        self,
        allowed: Mapping[str, str],
        *,
        redis: Redis,
        breaker: Breaker,
        processes: int = 1,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = {
            (name, of_site): list(_limits(name, text, processes, of_site=of_site))
            for name, text in allowed.items()
            for of_site in (False, True)
        }
        self._breaker = breaker
        self._refusing = Breaker()  # for counting only: a full Redis can still be read
        self._alone = False
        self._monotonic = monotonic
        self._exceeded: RecentTallies = OrderedDict()
        self._last_tallies: RecentTallies = OrderedDict()  # last tallies of uses that are counted later
        self._pending: PendingCounts[Hit] = PendingCounts(self._write_pending)
        options: dict[str, Any] = {"connection_pool": redis.connection_pool}
        self._limiter = Limiter(
            get_remote_address, storage_uri=f"{SCHEME}://", storage_options=options, strategy=STRATEGY
        )

    def init_app(self, app: Any) -> None:
        """Begin to count, for this Flask application."""
        # flask-limiter adds no hooks if the extension is known already. Its hooks would run at every
        # request, limited or not, and its fallback probes Redis with a ping, which also succeeds on a
        # Redis that refuses writes.
        app.extensions.setdefault("limiter", set()).add(self._limiter)
        self._limiter.init_app(app)
        self._own = CoalescedFixedWindows(MemoryCounts())

    def count(self, uses: Iterable[Use], *, cost: int = 1) -> list[Tally]:
        """Count uses, up to the first limit that is exceeded. A cost of 0 only looks."""
        hits = [(limit, _digest(use.key)) for use in uses for limit in self._limits[use.name, use.of_site]]
        if not hits:
            return []
        tallies = self._count_with(hits, lambda counts, items: counts.hit_all(items, cost=cost))
        for (_, key), tally in zip(hits, tallies, strict=True):
            if tally.exceeded:
                self._remember(key, tally)
        return tallies

    def give_back(self, uses: Iterable[Use]) -> list[Tally]:
        """Take back what `count` counted: these uses do not count against their limits."""
        hits = [(limit, _digest(use.key)) for use in uses for limit in self._limits[use.name, use.of_site]]
        return self._count_with(hits, lambda counts, items: counts.give_back(items)) if hits else []

    def count_later(self, use: Use) -> list[Tally]:
        """Count a use in a moment, in one trip with all others until then. Asks no other process.

        Returns the tallies that this process knows, including its own pending counts.
        """
        digest = _digest(use.key)
        return [self._estimate((limit, digest)) for limit in self._limits[use.name, use.of_site]]

    @property
    def resting(self) -> bool:
        """True while the breaker is open, so that this process counts alone."""
        return self._breaker.open

    @property
    def any_exceeded(self) -> bool:
        """True if this process knows any exceeded limit. Usually not, which saves a look-up."""
        return bool(self._exceeded)

    def exceeded(self, use: Use) -> list[Tally]:
        """The exceeded limits of a use, as this process counted last. Never waits."""
        digest, limits = _digest(use.key), self._limits[use.name, use.of_site]
        tallies = (self._unexpired(self._exceeded, (limit.whole.namespace, digest)) for limit in limits)
        return [tally for tally in tallies if tally is not None]

    def stop(self) -> None:
        """Write no more pending counts."""
        self._pending.stop()

    def _estimate(self, hit: Hit) -> Tally:
        limit, key = hit
        last = self._unexpired(self._last_tallies, (limit.whole.namespace, key))
        tally = last or Tally(limit.whole, 0, limit.whole.get_expiry())
        tally = tally._replace(used=tally.used + self._pending.add(hit))
        if not tally.remaining:
            self._remember(key, tally)
        return tally

    def _write_pending(self, owed: Mapping[Hit, int]) -> None:
        hits, costs = list(owed), list(owed.values())
        tallies = self._count_with(hits, lambda counts, items: counts.hit_each(items, costs))
        for (_, key), tally in zip(hits, tallies, strict=True):
            self._keep(self._last_tallies, key, tally)
            if not tally.remaining:  # the next use is refused before any work
                self._remember(key, tally)

    def _unexpired(self, recent: RecentTallies, key: tuple[str, str]) -> Tally | None:
        entry = recent.get(key)
        seconds = entry[1] - self._monotonic() if entry else 0
        return entry[0]._replace(reset_seconds=math.ceil(seconds)) if entry and seconds > 0 else None

    def _remember(self, key: str, tally: Tally) -> None:
        self._keep(self._exceeded, key, tally)

    def _keep(self, recent: RecentTallies, key: str, tally: Tally) -> None:
        recent[tally.item.namespace, key] = tally, self._monotonic() + tally.reset_seconds
        recent.move_to_end((tally.item.namespace, key))
        if len(recent) > MAX_REMEMBERED:
            recent.popitem(last=False)

    def _count_with(self, hits: Sequence[Hit], count: Count) -> list[Tally]:
        """Call `count` with the counters in Redis, or with those in memory while Redis fails."""
        try:
            tallies = self._in_redis([(limit.whole, key) for limit, key in hits], count)
        except RedisAway as away:
            tallies = count(self._own, [(limit.share, key) for limit, key in hits])
            self._note_mode(alone=True, reason=str(away))
        else:
            self._note_mode(alone=False)
        return tallies

    def _in_redis(self, items: Sequence[tuple[RateLimitItem, str]], count: Count) -> list[Tally]:
        if self._refusing.open:
            raise RedisAway("Redis has just refused to count")

        def count_in_redis() -> list[Tally]:
            try:
                tallies = count(cast(CoalescedFixedWindows, self._limiter.limiter), items)
            except ResponseError as error:
                self._refusing.rest()
                raise RedisAway(str(error)) from error
            self._refusing.note_success()
            return tallies

        return self._breaker.call(count_in_redis)

    def _note_mode(self, *, alone: bool, reason: str = "") -> None:
        if alone and not self._alone:
            log.warning("rate limits are counted by this process alone", extra={"reason": reason})
        elif self._alone and not alone:
            log.info("rate limits are counted in Redis again")
        self._alone = alone


def _limits(name: str, text: str, processes: int, *, of_site: bool) -> Iterable[Limit]:
    items = parse_many(text) if text else []
    for item in items:
        # In the headers, each limit needs a name of its own.
        namespace = name if len(items) == 1 else f"{name}-{item.get_expiry()}s"
        if of_site:
            namespace, amount = f"{namespace}-{SITE6_PREFIX}", item.amount * SITE_TIMES
        else:
            amount = item.amount
        share = max(1, amount // processes)
        yield Limit(
            type(item)(amount, item.multiples, namespace), type(item)(share, item.multiples, namespace)
        )


@functools.lru_cache(maxsize=4096)
def _digest(key: str) -> str:
    # All keys have the same length, and Redis holds no addresses and names.
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
