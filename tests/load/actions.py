"""Cycles per second of the action protocol, beside the same protocol in Node (twice) and a bare route."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.load import cycles, pauses, servers
from tests.load.cycles import ACTION, UNREFUSED
from tests.load.measure import (
    Progress,
    Row,
    Sample,
    by_turns,
    cpu,
    factor,
    goal_text,
    latency,
    p99,
    rate,
    ratio,
)
from tests.load.nodereads import spread
from tests.load.requests import post

CONNECTIONS = 64
SECONDS = 2.0
STORES = {"SQLite": {"STORE": "sqlite"}, "PostgreSQL": {"STORE": "pg"}}
STEPS = {"SQLite": 8, "PostgreSQL": 3}  # a round
# Reference: its program, and the goal as a multiple of its rate.
NODES = {"Node": ("server", 1.5), "careful Node": ("careful", 0.35)}

Drive = Callable[[], Sample]


def measure(kind: str, folder: Path, redis_url: str, progress: Progress, urls: tuple[str, str]) -> None:
    """Measure cycles on one kind of database; `urls` are the product's and the Node references'."""
    seconds = progress.effort.seconds(SECONDS)
    with contextlib.ExitStack() as stack:
        product = stack.enter_context(_product(folder / kind, redis_url, urls[0]))
        drive = _drive(product, seconds)
        nodes = {}
        if servers.node_installed():
            nodes = {
                name: _drive(stack.enter_context(_node(program, kind, folder, redis_url, urls[1])), seconds)
                for name, (program, _) in NODES.items()
            }
        _beside_node(kind, drive, nodes, progress)
        if kind == "SQLite":
            bare = stack.enter_context(servers.bare(folder))
            _beside_bare(drive, _answers(bare, seconds / 2), progress)
            _one_player(_drive(product, seconds, players=1), drive, progress)
            pauses.measure(folder / kind, redis_url, urls[0], progress)


@contextlib.contextmanager
def _product(folder: Path, redis_url: str, url: str) -> Iterator[servers.Server]:
    with servers.product(folder, redis_url, DATABASE_URL=url, **UNREFUSED) as product:
        cycles.define(product.stack)
        yield product


def _node(
    program: str, kind: str, folder: Path, redis_url: str, url: str
) -> contextlib.AbstractContextManager[servers.Server]:
    store = {"FILE": url.removeprefix("sqlite:///"), "DATABASE_URL": url}
    return servers.node(folder, program, REDIS_URL=redis_url, **STORES[kind], **store)


def _drive(server: servers.Server, seconds: float, *, players: int = CONNECTIONS) -> Drive:
    """A load of this many players on all connections, after a warm-up."""
    callers = cycles.players(server, count=players)
    drive = partial(server.drive, callers, connections=CONNECTIONS, seconds=seconds)
    drive()
    return drive


def _answers(bare: servers.Server, seconds: float) -> Drive:
    request = post("/v1/actions/complete", {"actionType": ACTION}, token="0" * 300)
    return partial(bare.load, [request], connections=CONNECTIONS, seconds=seconds)


def _beside_node(kind: str, ours: Drive, nodes: dict[str, Drive], progress: Progress) -> None:
    done = partial(progress.step, f"cycles on {kind}")
    samples, *others = by_turns(ours, *nodes.values(), done=done, rounds=progress.effort.rounds)
    row = Row(
        what=f"{kind}: request and complete, {CONNECTIONS} players",
        value=f"{rate(samples)} cycles",
        cpu=cpu(samples),
        latency=latency(samples),
        reference="Node is not installed",
    )
    progress.rows += [
        _against(name, row, samples, other) for name, other in zip(nodes, others, strict=True)
    ] or [row]
    progress.rows.append(spread(f"{kind}: completions, {CONNECTIONS} connections", samples))


def _against(name: str, row: Row, samples: list[Sample], node: list[Sample]) -> Row:
    least = NODES[name][1]
    fast = factor(samples, node, lambda one: one.per_second) >= least
    cheap = factor(node, samples, lambda one: one.cpu_us) >= least
    wanted = [goal_text(f"≥ {least} by rate", fast), goal_text("by CPU", cheap)]
    if name == "Node":
        wanted.append(goal_text("p99 ≤ 100 ms", p99(samples) <= 100))
    return replace(
        row,
        reference=f"{name} {rate(node)}, {cpu(node)}, {latency(node)}",
        ratio=ratio(samples, node),
        goal="; ".join(wanted),
    )


def _beside_bare(ours: Drive, theirs: Drive, progress: Progress) -> None:
    done = partial(progress.step, "cycles beside a bare route")
    samples, bare = by_turns(ours, theirs, done=done, rounds=progress.effort.rounds)
    progress.rows.append(
        Row(
            what="the same, beside two bare requests",
            value=f"{rate(samples)} cycles",
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"bare route {rate(bare)}, {cpu(bare)}, {latency(bare)}",
            ratio=ratio(samples, [count_pairs(one) for one in bare]),
        )
    )


def count_pairs(sample: Sample) -> Sample:
    """A sample of requests, counted in pairs."""
    return replace(sample, done=sample.done // 2)


def _one_player(one: Drive, many: Drive, progress: Progress) -> None:
    done = partial(progress.step, "one player's cycles")
    samples, others = by_turns(one, many, done=done, rounds=progress.effort.rounds)
    progress.rows.append(
        Row(
            what=f"{CONNECTIONS} connections of one player",
            value=f"{rate(samples)} cycles",
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"of {CONNECTIONS} players {rate(others)}, {cpu(others)}, {latency(others)}",
            ratio=ratio(samples, others),
            goal=goal_text("≥ 0.75", factor(samples, others, lambda each: each.per_second) >= 0.75),
        )
    )
