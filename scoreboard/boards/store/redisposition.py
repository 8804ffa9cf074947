"""Up to which fact Redis holds the boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from scoreboard.boards.store.redislink import RedisLink
from scoreboard.boards.types import Applied
from scoreboard.core.storage import rediskeys
from scoreboard.journal.types import Recorded, Span

FIELDS = ["position", "mark", "newest", "newest-mark"]


class RedisPosition:
    """The position of the boards in Redis. All methods raise RedisAway."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def applied(self) -> Applied | None:
        """Which facts Redis holds; None if it was emptied."""
        return self._link.do(_read)

    def advance(self, span: Span) -> None:
        """Note that these facts are applied."""
        if span.facts:
            self._advance(span.first, span.last, span.mark, span.before, "")

    def advance_by(self, facts: Sequence[Recorded]) -> None:
        """Note that these facts are applied, which follow a position that was just compared."""
        self._advance(facts[0].seq, facts[-1].seq, facts[-1].mark, "", "")

    def begin_at(self, seq: int, mark: str) -> None:
        """Note that everything is applied, up to the fact of this number and mark."""
        self._advance(1, seq, mark, "", "set")

    def forget_journal(self) -> None:
        """Forget the position and the stream, which followed another journal."""
        followed = (rediskeys.applied(0), rediskeys.head(), rediskeys.frames(), rediskeys.shown())
        self._link.do(lambda redis: redis.unlink(*followed))

    def _advance(self, first: int, last: int, *rest: Any) -> None:
        self._link.call("advance_applied", [rediskeys.applied(0)], [first, last, *rest])


def _read(redis: Redis) -> Applied | None:
    try:
        found: Any = redis.hmget(rediskeys.applied(0), FIELDS)
        return _parsed(*found)
    except ResponseError as error:
        if "WRONGTYPE" not in str(error):
            raise
    except ValueError:
        pass  # it was altered
    redis.unlink(rediskeys.applied(0))  # no position is better than one that can't be read
    return None


def _parsed(
    position: str | None, mark: str | None, newest: str | None, newest_mark: str | None
) -> Applied | None:
    if position is None:
        return None
    return Applied(
        position=int(position),
        mark=mark or "",
        newest=int(newest or position),
        newest_mark=(newest_mark if newest else mark) or "",
    )
