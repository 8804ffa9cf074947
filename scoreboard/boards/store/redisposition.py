"""The view proof of the boards in Redis: the facts of each shard that they contain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from scoreboard.boards.store.redislink import RedisLink
from scoreboard.boards.types import AppliedFacts
from scoreboard.core.storage import rediskeys
from scoreboard.journal.types import Position, RecordedFact, Span

FIELDS = ["position", "mark", "newest", "newest-mark"]


class RedisPosition:
    """The position of the boards in Redis. All methods raise RedisAway."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def applied_facts(self, shard: int) -> AppliedFacts | None:
        """The facts of a shard that Redis contains; None if it was emptied."""
        return self._link.do(lambda redis: _read(redis, shard))

    def advance(self, span: Span) -> None:
        """Store that these facts are applied."""
        if span.facts:
            self._advance(span.shard, span.first, span.last, span.mark, span.before, "")

    def advance_by(self, facts: Sequence[RecordedFact]) -> None:
        """Store that these facts are applied. They follow the position that `applied` just returned."""
        first, last = facts[0].position, facts[-1]
        self._advance(first.shard, first.seq, last.seq, last.mark, "", "")

    def begin_at(self, position: Position, mark: str) -> None:
        """Store that all facts up to this position are applied."""
        self._advance(position.shard, 1, position.seq, mark, "", "set")

    def forget_journal(self, shard: int) -> None:
        """Delete the position and the stream of another journal."""
        keys = (rediskeys.applied(shard), rediskeys.head(), rediskeys.frames(), rediskeys.shown())
        self._link.do(lambda redis: redis.unlink(*keys))

    def _advance(self, shard: int, *args: Any) -> None:
        self._link.call("advance_applied", [rediskeys.applied(shard)], args)


def _read(redis: Redis, shard: int) -> AppliedFacts | None:
    try:
        values: Any = redis.hmget(rediskeys.applied(shard), FIELDS)
        return _parse(shard, *values)
    except ResponseError as error:
        if "WRONGTYPE" not in str(error):
            raise
    except ValueError:
        pass  # the hash was altered
    redis.unlink(rediskeys.applied(shard))  # no position is better than one that can't be read
    return None


def _parse(
    shard: int, position: str | None, mark: str | None, newest: str | None, newest_mark: str | None
) -> AppliedFacts | None:
    if position is None:
        return None
    return AppliedFacts(
        position=Position(shard, int(position)),
        mark=mark or "",
        newest=Position(shard, int(newest or position)),
        newest_mark=(newest_mark if newest else mark) or "",
    )
