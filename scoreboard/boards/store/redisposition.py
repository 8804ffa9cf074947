"""Which facts of each shard Redis holds: what the view proves of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from scoreboard.boards.store.redislink import RedisLink
from scoreboard.boards.types import Applied
from scoreboard.core.storage import rediskeys
from scoreboard.journal.types import Position, Recorded, Span

FIELDS = ["position", "mark", "newest", "newest-mark"]


class RedisPosition:
    """The position of the boards in Redis. All methods raise RedisAway."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def applied(self, shard: int) -> Applied | None:
        """Which facts of a shard Redis holds; None if it was emptied."""
        return self._link.do(lambda redis: _read(redis, shard))

    def advance(self, span: Span) -> None:
        """Note that these facts are applied."""
        if span.facts:
            self._advance(span.shard, span.first, span.last, span.mark, span.before, "")

    def advance_by(self, facts: Sequence[Recorded]) -> None:
        """Note that these facts are applied, which follow a position that was just compared."""
        first, last = facts[0].position, facts[-1]
        self._advance(first.shard, first.seq, last.seq, last.mark, "", "")

    def begin_at(self, position: Position, mark: str) -> None:
        """Note that everything is applied, up to the fact at this position."""
        self._advance(position.shard, 1, position.seq, mark, "", "set")

    def forget_journal(self, shard: int) -> None:
        """Forget the position and the stream, which followed another journal."""
        followed = (rediskeys.applied(shard), rediskeys.head(), rediskeys.frames(), rediskeys.shown())
        self._link.do(lambda redis: redis.unlink(*followed))

    def _advance(self, shard: int, *args: Any) -> None:
        self._link.call("advance_applied", [rediskeys.applied(shard)], args)


def _read(redis: Redis, shard: int) -> Applied | None:
    try:
        found: Any = redis.hmget(rediskeys.applied(shard), FIELDS)
        return _parsed(shard, *found)
    except ResponseError as error:
        if "WRONGTYPE" not in str(error):
            raise
    except ValueError:
        pass  # it was altered
    redis.unlink(rediskeys.applied(shard))  # no position is better than one that can't be read
    return None


def _parsed(
    shard: int, position: str | None, mark: str | None, newest: str | None, newest_mark: str | None
) -> Applied | None:
    if position is None:
        return None
    return Applied(
        position=Position(shard, int(position)),
        mark=mark or "",
        newest=Position(shard, int(newest or position)),
        newest_mark=(newest_mark if newest else mark) or "",
    )
