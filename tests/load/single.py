"""Requests that carry one score each, beside a bare route that does nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.load import servers
from tests.load.measure import ROUNDS, Progress, Row, by_turns, cpu, latency, rate, ratio
from tests.load.requests import score_batches

PLAYERS = 20_000
CONNECTIONS = 64
SECONDS = 2.0
STEPS = ROUNDS * 4


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Measure single scores of many players, then those of one player."""
    with servers.product(folder / "single", redis_url) as product, servers.bare(folder) as bare:
        many = score_batches("main", players=PLAYERS, size=1, count=5000)
        send = partial(product.load, many, connections=CONNECTIONS, seconds=SECONDS)
        send(seconds=0.5)
        _beside_bare(send, partial(bare.load, many, connections=CONNECTIONS, seconds=SECONDS), progress)
        one = score_batches("main", players=1, size=1, count=1000)
        _one_player(partial(product.load, one, connections=CONNECTIONS, seconds=SECONDS), send, progress)


def _beside_bare(ours: partial, theirs: partial, progress: Progress) -> None:
    samples, reference = by_turns(ours, theirs, done=lambda: progress.step("single scores"))
    progress.rows.append(
        Row(
            what=f"one score a request, {CONNECTIONS} connections",
            value=rate(samples),
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"bare route {rate(reference)}, {cpu(reference)}, {latency(reference)}",
            ratio=ratio(samples, reference),
            goal="p99 ≤ 100 ms",
        )
    )


def _one_player(one: partial, many: partial, progress: Progress) -> None:
    samples, reference = by_turns(one, many, done=lambda: progress.step("one player"))
    progress.rows.append(
        Row(
            what=f"{CONNECTIONS} writers on one player",
            value=rate(samples),
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"on {PLAYERS:,} players {rate(reference)}",
            ratio=ratio(samples, reference),
            goal="≥ 0.75",
        )
    )
