"""Reading ranks of small and large boards: requests per second, and the time inside Redis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import log10
from pathlib import Path
from random import Random

from tests.load import nodereads, servers
from tests.load.boards import BuiltBoard, build_boards, player
from tests.load.measure import (
    Progress,
    Row,
    Sample,
    by_turns,
    cpu,
    each_core,
    factor,
    goal_text,
    latency,
    middle,
    per_core,
    rate,
    ratio,
)
from tests.load.requests import get

CONNECTIONS = 16
SECONDS = 1.2
READS = {
    "one entry": "/v1/boards/{board}/entries/{player}",
    "around a player": "/v1/boards/{board}/entries/{player}/around",
    "top 100": "/v1/boards/{board}/entries?limit=100",
}
COMPARED_PLAYERS = 100_000  # of the largest board that is read beside Node
STEPS = 3 * len(READS) + 2 + nodereads.STEPS  # a round, for boards of two sizes
GOAL_PLAYERS, GOAL_SECONDS = 1_000_000, {"ordinal": 15, "dense": 30}


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Build the boards, measure their memory, then read them."""
    effort = progress.effort
    wanted = [*((size, "ordinal") for size in effort.sizes), (effort.dense, "dense")]
    *built, dense = build_boards(folder / "reads", redis_url, wanted)
    for before, board in zip([None, *built], built, strict=False):
        progress.rows += _building(board, before)
    progress.rows += _building(dense, None)
    with servers.product(folder / "reads", redis_url) as product, servers.bare(folder) as bare:
        for name, path in READS.items():
            _read(name, path, built, product, bare, progress)
        _unchanged(built[-1], product, bare, progress)
        compared = [board for board in built if board.players <= COMPARED_PLAYERS][-1]
        nodereads.measure(compared, product, folder, redis_url, progress)


def _building(board: BuiltBoard, before: BuiltBoard | None) -> list[Row]:
    speed, plain = board.players / board.seconds, board.players / board.plain_seconds
    most = GOAL_SECONDS[board.ties]
    rebuild = Row(
        what=f"rebuild, {board.title}",
        value=f"{speed:,.0f} standings/s, {board.seconds:.1f} s",
        reference=f"plain ZADD and HSET {plain:,.0f}/s",
        ratio=f"{speed / plain:.2f}",
        growth=_growth(board, before, lambda one: one.seconds / one.players),
        goal=goal_text(f"≤ {most} s", board.seconds <= most) if board.players == GOAL_PLAYERS else "",
    )
    memory = Row(
        what=f"memory, {board.title}",
        value=f"{board.redis_bytes / board.players:.0f} bytes of Redis a player",
        reference=f"plain ZADD {board.plain_bytes / board.players:.0f} bytes",
        ratio=f"{board.redis_bytes / board.plain_bytes:.2f}",
        growth=_growth(board, before, lambda one: one.redis_bytes / one.players),
    )
    return [rebuild, memory]


def _growth(board: BuiltBoard, before: BuiltBoard | None, of: Callable[[BuiltBoard], float]) -> str:
    return "" if before is None else _a_decade(of(board) / of(before), board, before)


def _a_decade(growth: float, board: BuiltBoard, before: BuiltBoard) -> str:
    """A growth between two sizes, scaled to ten times the size."""
    return f"{growth ** (1 / log10(board.players / before.players)):.2f}-fold"


def _read(
    name: str,
    path: str,
    boards: list[BuiltBoard],
    product: servers.Product,
    bare: servers.Server,
    progress: Progress,
) -> None:
    seconds = progress.effort.seconds(SECONDS)
    readers = [_reader(product, path, board, seconds) for board in boards]
    empty = partial(bare.load, [get("/")], connections=CONNECTIONS, seconds=seconds / 2)
    done = partial(progress.step, name)
    *samples_of, reference = by_turns(*readers, empty, done=done, rounds=progress.effort.rounds)
    for number, (board, samples) in enumerate(zip(boards, samples_of, strict=True)):
        us = middle(samples, lambda one: one.redis_us)
        row = _row(f"{name}, {board.players:,} players", samples, reference, f"; in Redis {us:.0f} µs", 1500)
        if number:
            growth = factor(samples, samples_of[number - 1], lambda one: one.redis_us)
            row = replace(row, growth=_a_decade(growth, board, boards[number - 1]))
        progress.rows.append(row)


def _reader(product: servers.Product, path: str, board: BuiltBoard, seconds: float) -> Callable[[], Sample]:
    random = Random(3)
    requests = [
        get(path.format(board=board.id, player=player(random.randrange(board.players)))) for _ in range(5000)
    ]

    def read() -> Sample:
        calls, us = product.scripts()
        sample = product.load(requests, connections=CONNECTIONS, seconds=seconds)
        calls_after, us_after = product.scripts()
        return replace(sample, redis_us=(us_after - us) / (calls_after - calls))

    return read


def _unchanged(board: BuiltBoard, product: servers.Product, bare: servers.Server, progress: Progress) -> None:
    path, seconds = f"/v1/boards/{board.id}/entries?limit=100", progress.effort.seconds(SECONDS)
    tag = product.stack.call("GET", path).headers["ETag"]
    requests, what = [get(path, If_None_Match=tag)], f"top 100, 304, {board.players:,} players"
    samples, reference = by_turns(
        lambda: product.load(requests, connections=CONNECTIONS, seconds=seconds, status=304),
        lambda: bare.load([get("/")], connections=CONNECTIONS, seconds=seconds / 2),
        done=lambda: progress.step(what),
        rounds=progress.effort.rounds,
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
        goal=goal_text(f"≥ {goal}/s per core", each_core(samples) >= goal),
    )
