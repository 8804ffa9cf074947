"""The board of the Node references: the same players in a sorted set and hashes, see `reads.js`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from redis import Redis

from tests.load.boards import player, scores

PAGE = 1000
LATEST_TIME, LATEST_FACT = 10**13, 10**12
AT = 1_767_225_600_000
SECONDS = 60


def fill_alike(redis_url: str, board: str, players: int) -> None:
    """Fill the references' board with the players of a `BuiltBoard`."""
    fill(redis_url, board, ((player(n), score, AT, 10 + n) for n, score in enumerate(scores(players))))


def fill(redis_url: str, board: str, standings: Iterable[tuple[str, int, int, int]]) -> None:
    """Fill a board of the references. A standing: player, score, time, and the fact that reached it."""
    rest = iter(standings)
    with Redis.from_url(redis_url, socket_timeout=SECONDS) as redis:
        while page := list(islice(rest, PAGE)):
            numbers = {one: _number(at, fact) for one, _, at, fact in page}
            with redis.pipeline(transaction=False) as pipeline:
                pipeline.zadd(f"reads:{board}:order", {numbers[one] + one: score for one, score, *_ in page})
                pipeline.hset(f"reads:{board}:numbers", mapping=numbers)
                pipeline.execute()
        redis.hset(f"reads:{board}:state", mapping={"version": 1, "at": AT})


def _number(at: int, fact: int) -> str:
    """A number that is greater the earlier a score was reached."""
    return f"{LATEST_TIME - at:013}{LATEST_FACT - fact:012}"
