"""Starting with a Redis that lost all: when it serves, whether ranks are right, when boards are back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random

from redis import Redis

from scoreboard.core.storage import rediskeys
from tests.load import servers
from tests.load.boards import fill_boards, plain, player, scores
from tests.load.generator import percentiles
from tests.load.measure import Progress, Row, judged
from tests.support import Stack

ASKED = 500  # players
AFTERWARDS = 300  # questions that Redis answers, once the board is back
PAUSE_SECONDS = 0.1  # between two questions: SQL counts half a board for each, on the cores that build
PATIENCE_SECONDS = 900.0
AT_ONCE_SECONDS, BACK_SECONDS = 1.0, 15.0  # the goals
STEPS = 1  # whatever the effort


@dataclass
class Started:
    """One start, in seconds since the command was given."""

    ready: float = 0.0
    first: float = 0.0  # answer with a rank
    back: float = 0.0  # the board is shown again
    again: float = 0.0  # until it is ready where Redis holds everything: a later start
    plain: float = 0.0  # seconds that plain commands take for as many players
    wrong: int = 0
    refused: int = 0  # answered 5xx, once ready
    asked: list[float] = field(default_factory=list)  # seconds that each answer took, until it was back


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Start with an empty Redis, and ask for ranks all the while."""
    players = progress.effort.started
    (board,) = fill_boards(folder / "start", redis_url, [(players, "ordinal")])
    ranks = expected(players)
    with servers.redis_server(folder / "empty") as empty:
        found = _start(folder / "start", empty, board, ranks)
        found.plain, _ = plain(empty, players)
    progress.step(f"start with {players:,} players")
    progress.rows += _rows(f"{players:,} players", found)


def expected(players: int) -> dict[str, int]:
    """The right ranks of some players, without anything of the product: best first, then who was first."""
    order = sorted(((-score, number) for number, score in enumerate(scores(players))))
    chosen = set(Random(5).sample(range(players), ASKED))
    return {player(number): rank for rank, (_, number) in enumerate(order, 1) if number in chosen}


def _start(folder: Path, redis_url: str, board: str, ranks: dict[str, int]) -> Started:
    started = Started()
    stack, begun = Stack(folder, {"REDIS_URL": redis_url}), time.monotonic()
    with Redis.from_url(redis_url) as redis:
        try:
            stack.start(wait=False)
            _ask_until_back(stack, redis, board, ranks, started, begun)
        finally:
            stack.stop()
    begun = time.monotonic()
    try:
        stack.start()
        started.again = time.monotonic() - begun
    finally:
        stack.stop()
    return started


def _ask_until_back(
    stack: Stack, redis: Redis, board: str, ranks: dict[str, int], started: Started, begun: float
) -> None:
    while not stack.ready:
        assert time.monotonic() < begun + PATIENCE_SECONDS, stack.log()
        time.sleep(0.01)
    started.ready = time.monotonic() - begun
    left = AFTERWARDS
    for one, rank in cycle(ranks.items()):
        asked = time.monotonic()
        answer = stack.call("GET", f"/v1/boards/{board}/entries/{one}")
        now = time.monotonic()
        started.refused += answer.status >= 500
        if answer.status == 200:
            started.wrong += answer.json["data"]["rank"] != rank
            started.first = started.first or now - begun
        else:
            started.wrong += answer.status < 500
        if not started.back:
            started.asked.append(now - asked)
            if redis.hget(rediskeys.applied(0), "position") is not None:
                started.back = now - begun
                continue
            time.sleep(PAUSE_SECONDS)
        elif not (left := left - 1):
            return
        assert now < begun + PATIENCE_SECONDS, "the board did not come back"


def _rows(size: str, found: Started) -> list[Row]:
    ready, first, back = found.ready, found.first, found.back
    p50, p95, p99 = percentiles(found.asked)
    return [
        Row(
            what=f"ready to take scores, {size}, Redis empty",
            value=f"{ready:.1f} s after the command",
            reference=f"Redis holds everything {found.again:.1f} s",
            ratio=f"{ready / found.again:.2f}",
        ),
        Row(
            what=f"first right rank, from SQL, {size}",
            value=f"{first:.1f} s after the command, {first - ready:.2f} s after it is ready",
            goal=judged("at once", first - ready <= AT_ONCE_SECONDS, not found.wrong),
        ),
        Row(
            what=f"board back in Redis, {size}",
            value=f"{back:.1f} s after the command, {back - ready:.1f} s after it is ready",
            reference=f"plain ZADD and HSET {found.plain:.1f} s",
            ratio=f"{found.plain / (back - ready):.2f}",
            goal=judged(f"≤ {BACK_SECONDS:.0f} s", back <= BACK_SECONDS),
        ),
        Row(
            what=f"ranks asked meanwhile, {size}",
            value=f"{len(found.asked):,} asked, {found.wrong} wrong, {found.refused} refused",
            latency=f"{p50:.1f} / {p95:.1f} / {p99:.1f}",
            goal=judged("none wrong", not found.wrong),
        ),
    ]
