"""Requests with one score each, beside a bare route that does nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.load import servers
from tests.load.measure import Progress, Row, by_turns, cpu, factor, goal_text, latency, p99, rate, ratio
from tests.load.requests import score_batches

PLAYERS = 20_000
CONNECTIONS = 64
SECONDS = 2.0
STEPS = 4  # a round


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Measure single scores of many players, then those of one player."""
    with servers.product(folder / "single", redis_url) as product, servers.bare(folder) as bare:
        many = score_batches("main", players=PLAYERS, size=1, count=5000)
        seconds = progress.effort.seconds(SECONDS)
        send = partial(product.load, many, connections=CONNECTIONS, seconds=seconds)
        send(seconds=seconds / 4)
        _beside_bare(send, partial(bare.load, many, connections=CONNECTIONS, seconds=seconds), progress)
        one = score_batches("main", players=1, size=1, count=1000)
        _one_player(partial(product.load, one, connections=CONNECTIONS, seconds=seconds), send, progress)


def _beside_bare(ours: partial, theirs: partial, progress: Progress) -> None:
    samples, reference = by_turns(
        ours, theirs, done=lambda: progress.step("single scores"), rounds=progress.effort.rounds
    )
    progress.rows.append(
        Row(
            what=f"one score a request, {CONNECTIONS} connections",
            value=rate(samples),
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"bare route {rate(reference)}, {cpu(reference)}, {latency(reference)}",
            ratio=ratio(samples, reference),
            goal=goal_text("p99 ≤ 100 ms", p99(samples) <= 100),
        )
    )


def _one_player(one: partial, many: partial, progress: Progress) -> None:
    samples, reference = by_turns(
        one, many, done=lambda: progress.step("one player"), rounds=progress.effort.rounds
    )
    progress.rows.append(
        Row(
            what=f"{CONNECTIONS} writers on one player",
            value=rate(samples),
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"on {PLAYERS:,} players {rate(reference)}",
            ratio=ratio(samples, reference),
            goal=goal_text("≥ 0.75", factor(samples, reference, lambda each: each.per_second) >= 0.75),
        )
    )
