"""Reading ranks of small and large boards: requests per second, and the time inside Redis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from tests.load import servers
from tests.load.boards import Built, build_boards
from tests.load.measure import (
    ROUNDS,
    Progress,
    Row,
    Sample,
    by_turns,
    cpu,
    factor,
    latency,
    middle,
    per_core,
    rate,
    ratio,
)
from tests.load.requests import get

CONNECTIONS = 16
SECONDS = 1.2
QUICK, FULL = (10_000, 100_000), (10_000, 1_000_000)
QUESTIONS = {
    "one entry": "/v1/boards/{board}/entries/{player}",
    "around a player": "/v1/boards/{board}/entries/{player}/around",
    "top 100": "/v1/boards/{board}/entries?limit=100",
}
STEPS = (3 * len(QUESTIONS) + 2) * ROUNDS


def measure(folder: Path, redis_url: str, progress: Progress, sizes: tuple[int, int]) -> None:
    """Build the boards, weigh them, then read them."""
    wanted = [(sizes[0], "ordinal"), (sizes[1], "ordinal"), (sizes[1], "dense")]
    built = build_boards(folder / "reads", redis_url, wanted)
    for board in built:
        progress.rows += _building(board)
    with servers.product(folder / "reads", redis_url) as product, servers.bare(folder) as bare:
        for name, path in QUESTIONS.items():
            _read(name, path, built[:2], product, bare, progress)
        _unchanged(built[1], product, bare, progress)


def _building(board: Built) -> list[Row]:
    speed, plain = board.players / board.seconds, board.players / board.plain_seconds
    rebuild = Row(
        what=f"rebuild, {board.title}",
        value=f"{speed:,.0f} standings/s, {board.seconds:.1f} s",
        reference=f"plain ZADD and HSET {plain:,.0f}/s",
        ratio=f"{speed / plain:.2f}",
        goal="10⁶ in ≤ 15 s",
    )
    memory = Row(
        what=f"memory, {board.title}",
        value=f"{board.redis_bytes / board.players:.0f} bytes of Redis a player",
        reference=f"plain ZADD {board.plain_bytes / board.players:.0f} bytes",
        ratio=f"{board.redis_bytes / board.plain_bytes:.2f}",
    )
    return [rebuild, memory]


def _read(
    name: str,
    path: str,
    boards: list[Built],
    product: servers.Product,
    bare: servers.Server,
    progress: Progress,
) -> None:
    asking = [_asking(product, path, board) for board in boards]
    plain = partial(bare.load, [get("/")], connections=CONNECTIONS, seconds=SECONDS / 2)
    small, large, reference = by_turns(*asking, plain, done=lambda: progress.step(name))
    growth = factor(large, small, lambda one: one.redis_us)
    for board, samples, note in zip(boards, (small, large), ("", f", grown {growth:.2f}-fold"), strict=True):
        us = middle(samples, lambda one: one.redis_us)
        what = f"{name}, {board.players:,} players"
        progress.rows.append(_row(what, samples, reference, f"; in Redis {us:.0f} µs{note}", 1500))


def _asking(product: servers.Product, path: str, board: Built) -> Callable[[], Sample]:
    random = Random(3)
    requests = [
        get(path.format(board=board.id, player=f"player-{random.randrange(board.players)}"))
        for _ in range(5000)
    ]

    def ask() -> Sample:
        calls, us = product.scripts()
        sample = product.load(requests, connections=CONNECTIONS, seconds=SECONDS)
        calls_after, us_after = product.scripts()
        return replace(sample, redis_us=(us_after - us) / (calls_after - calls))

    return ask


def _unchanged(board: Built, product: servers.Product, bare: servers.Server, progress: Progress) -> None:
    path = f"/v1/boards/{board.id}/entries?limit=100"
    tag = product.stack.call("GET", path).headers["ETag"]
    requests, what = [get(path, If_None_Match=tag)], f"top 100, 304, {board.players:,} players"
    samples, reference = by_turns(
        lambda: product.load(requests, connections=CONNECTIONS, seconds=SECONDS, status=304),
        lambda: bare.load([get("/")], connections=CONNECTIONS, seconds=SECONDS / 2),
        done=lambda: progress.step(what),
    )
    progress.rows.append(_row(what, samples, reference, "", 3000))


def _row(what: str, samples: list[Sample], reference: list[Sample], note: str, goal: int) -> Row:
    return Row(
        what=what,
        value=f"{per_core(samples)}{note}",
        cpu=cpu(samples),
        latency=latency(samples),
        reference=f"bare route {rate(reference)}, {cpu(reference)}",
        ratio=ratio(samples, reference),
        goal=f"≥ {goal}/s per core",
    )
