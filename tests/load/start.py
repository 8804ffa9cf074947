"""Starts with an empty Redis: the time until it serves, the time until boards are back, the ranks."""

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
from tests.load.measure import Progress, Row, goal_text
from tests.support import Stack

PLAYERS = 500  # players
AFTERWARDS = 300  # reads after the board is back
PAUSE_SECONDS = 0.1  # between two reads: for each SQL counts half a board, on the cores that rebuild it
PATIENCE_SECONDS = 900.0
AT_ONCE_SECONDS, BACK_SECONDS = 1.0, 15.0  # the goals
STEPS = 1  # whatever the effort


@dataclass
class StartTimes:
    """One start, in seconds since the command was given."""

    ready: float = 0.0
    first: float = 0.0  # answer with a rank
    back: float = 0.0  # the board is shown again
    again: float = 0.0  # until a later start is ready, with everything in Redis
    plain: float = 0.0  # seconds that plain commands take for as many players
    wrong: int = 0
    refused: int = 0  # answered 5xx, once ready
    reads: list[float] = field(default_factory=list)  # the duration of each read until the board was back


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Start with an empty Redis, and read ranks in the meantime."""
    players = progress.effort.started
    (board,) = fill_boards(folder / "start", redis_url, [(players, "ordinal")])
    ranks = expected(players)
    with servers.redis_server(folder / "empty") as empty:
        times = _start(folder / "start", empty, board, ranks)
        times.plain, _ = plain(empty, players)
    progress.step(f"start with {players:,} players")
    progress.rows += _rows(f"{players:,} players", times)


def expected(players: int) -> dict[str, int]:
    """The right ranks of some players, computed without the product: by score, then by time."""
    order = sorted(((-score, number) for number, score in enumerate(scores(players))))
    chosen = set(Random(5).sample(range(players), PLAYERS))
    return {player(number): rank for rank, (_, number) in enumerate(order, 1) if number in chosen}


def _start(folder: Path, redis_url: str, board: str, ranks: dict[str, int]) -> StartTimes:
    started = StartTimes()
    stack, begun = Stack(folder, {"REDIS_URL": redis_url}), time.monotonic()
    with Redis.from_url(redis_url) as redis:
        try:
            stack.start(wait=False)
            _read_until_back(stack, redis, board, ranks, started, begun)
        finally:
            stack.stop()
    begun = time.monotonic()
    try:
        stack.start()
        started.again = time.monotonic() - begun
    finally:
        stack.stop()
    return started


def _read_until_back(
    stack: Stack, redis: Redis, board: str, ranks: dict[str, int], started: StartTimes, begun: float
) -> None:
    while not stack.ready:
        assert time.monotonic() < begun + PATIENCE_SECONDS, stack.log()
        time.sleep(0.01)
    started.ready = time.monotonic() - begun
    left = AFTERWARDS
    for one, rank in cycle(ranks.items()):
        begun_at = time.monotonic()
        answer = stack.call("GET", f"/v1/boards/{board}/entries/{one}")
        now = time.monotonic()
        started.refused += answer.status >= 500
        if answer.status == 200:
            started.wrong += answer.json["data"]["rank"] != rank
            started.first = started.first or now - begun
        else:
            started.wrong += answer.status < 500
        if not started.back:
            started.reads.append(now - begun_at)
            if redis.hget(rediskeys.applied(0), "position") is not None:
                started.back = now - begun
                continue
            time.sleep(PAUSE_SECONDS)
        elif not (left := left - 1):
            return
        assert now < begun + PATIENCE_SECONDS, "the board did not come back"


def _rows(size: str, times: StartTimes) -> list[Row]:
    ready, first, back = times.ready, times.first, times.back
    p50, p95, p99 = percentiles(times.reads)
    return [
        Row(
            what=f"ready to take scores, {size}, Redis empty",
            value=f"{ready:.1f} s after the command",
            reference=f"Redis holds everything {times.again:.1f} s",
            ratio=f"{ready / times.again:.2f}",
        ),
        Row(
            what=f"first right rank, from SQL, {size}",
            value=f"{first:.1f} s after the command, {first - ready:.2f} s after it is ready",
            goal=goal_text("at once", first - ready <= AT_ONCE_SECONDS, not times.wrong),
        ),
        Row(
            what=f"board back in Redis, {size}",
            value=f"{back:.1f} s after the command, {back - ready:.1f} s after it is ready",
            reference=f"plain ZADD and HSET {times.plain:.1f} s",
            ratio=f"{times.plain / (back - ready):.2f}",
            goal=goal_text(f"≤ {BACK_SECONDS:.0f} s", back <= BACK_SECONDS),
        ),
        Row(
            what=f"ranks asked meanwhile, {size}",
            value=f"{len(times.reads):,} asked, {times.wrong} wrong, {times.refused} refused",
            latency=f"{p50:.1f} / {p95:.1f} / {p99:.1f}",
            goal=goal_text("none wrong", not times.wrong),
        ),
    ]
