"""Scores that are posted while many watch, beside nchan, which is given finished frames.

The cost of a delivery is measured twice: with everything that the posts cost (checks, commits, ranks), and
without it, which is known from the same posts without viewers.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.load import servers, viewing
from tests.load.cycles import UNREFUSED
from tests.load.generator import percentiles
from tests.load.measure import Progress, Row, Sample, by_turns, cpu, factor, goal_text, latency, p99
from tests.load.servers import Product
from tests.support import submit

POSTS, POSTS_A_SECOND, ENTRIES, PLAYERS = 40, 10, 20, 80
VIEWERS = (1000, 5000)
STEPS = 3 * len(VIEWERS)  # a round
ROUNDS = 2
INCLUDED, WITHOUT_POSTS = 0.95, 1.2  # the goals, as multiples of nchan's deliveries
SETTINGS = UNREFUSED | {
    "STREAM_TICK_MS": "50",
    "STREAM_HEARTBEAT_SECONDS": "60",
    "LIMIT_STREAM": "1000000/minute",
}

Delivering = Callable[[int], Callable[[], Sample]]


def measure(folder: Path, progress: Progress, nchan: Delivering | None) -> None:
    """Measure posts with viewers, posts alone, and nchan (if given) with that many viewers."""
    home = folder / "posts"
    home.mkdir()
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(servers.redis_server(home / "redis"))
        product = stack.enter_context(servers.product(home / "product", redis, **SETTINGS))
        poster = Poster(product)
        for usual in VIEWERS:
            viewers = progress.effort.crowd(usual)
            ways = [lambda count=viewers: poster.watched(count), poster.alone]
            if nchan is not None:
                ways.append(nchan(viewers))
            title = f"20 scores posted 10 times a second to {viewers:,} viewers"
            rounds = min(ROUNDS, progress.effort.rounds)
            watched, alone, *others = by_turns(*ways, done=lambda: progress.step("posts"), rounds=rounds)
            progress.rows.append(_row(title, watched, alone, others))


class Poster:
    """Posts scores on the default board. One player gets a point in each post, and so marks its frame."""

    def __init__(self, product: Product) -> None:
        self._product, self._random, self._mark = product, Random(9), 0

    def watched(self, viewers: int) -> Sample:
        """Posts while so many watch: a sample of deliveries."""
        with viewing.audience(self._product.port, "/v1/stream", viewers) as audience:
            spent, sent, begun = servers.cpu_seconds(self._product.workers), {}, time.monotonic()
            for mark in self._marks(begun):
                sent[mark] = time.monotonic()
                self._post()
            self._product.rest()
            spent = servers.cpu_seconds(self._product.workers) - spent
            found = viewing.read_times(audience)
        delays = [at - sent[mark] for mark, times in found.items() if mark in sent for at in times]
        assert len(delays) > 0.3 * POSTS * viewers, "hardly anything arrived"
        return Sample(
            done=len(delays),
            seconds=time.monotonic() - begun,
            cpu_seconds=spent,
            latencies_ms=percentiles(delays),
        )

    def alone(self) -> Sample:
        """The same posts without viewers: a sample of posts."""
        spent, begun = servers.cpu_seconds(self._product.workers), time.monotonic()
        for _ in self._marks(begun):
            self._post()
        self._product.rest()
        spent = servers.cpu_seconds(self._product.workers) - spent
        return Sample(done=POSTS, seconds=time.monotonic() - begun, cpu_seconds=spent)

    def _marks(self, begun: float):
        for number in range(POSTS):
            time.sleep(max(0.0, begun + number / POSTS_A_SECOND - time.monotonic()))
            self._mark += 1
            yield self._mark

    def _post(self) -> None:
        players = [f"player-{number}" for number in self._random.sample(range(PLAYERS), ENTRIES - 1)]
        entries = [{"player": one, "score": 1} for one in (*players, "mark")]
        submit(self._product.stack, "main", *entries)


def _row(title: str, watched: list[Sample], alone: list[Sample], others: list[list[Sample]]) -> Row:
    sending = [
        replace(one, cpu_seconds=max(1e-9, one.cpu_seconds - other.cpu_seconds))
        for one, other in zip(watched, alone, strict=True)
    ]
    row = Row(
        what=title,
        value=f"{cpu(watched)} a delivery, {cpu(sending)} without the posts",
        cpu=cpu(watched),
        latency=latency(watched),
    )
    if not others:
        return row
    (nchan,) = others
    all_of_it = factor(nchan, watched, lambda one: one.cpu_us)
    without = factor(nchan, sending, lambda one: one.cpu_us)
    goals = (
        goal_text(f"≥ {INCLUDED} included", all_of_it >= INCLUDED),
        goal_text(f"≥ {WITHOUT_POSTS} without the posts", without >= WITHOUT_POSTS),
        goal_text("p99 ≤ nchan's", p99(watched) <= p99(nchan)),
    )
    return replace(
        row,
        reference=f"nchan {cpu(nchan)}, {latency(nchan)}",
        ratio=f"{all_of_it:.2f} per core, {without:.2f} without the posts",
        goal="; ".join(goals),
    )
