"""Cycles per second of the action protocol, beside the same protocol in Node and a bare route."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.load import cycles, servers
from tests.load.cycles import ACTION, RULES, UNREFUSED
from tests.load.measure import ROUNDS, Progress, Row, Sample, by_turns, cpu, latency, rate, ratio
from tests.load.requests import post

CONNECTIONS = 64
SECONDS = 2.0
NODE = {"SQLite": {"STORE": "sqlite"}, "PostgreSQL": {"STORE": "pg"}}
STEPS = {"SQLite": ROUNDS * 6, "PostgreSQL": ROUNDS * 2}

Drive = Callable[[], Sample]


def measure(kind: str, folder: Path, redis_url: str, progress: Progress, urls: tuple[str, str]) -> None:
    """Measure cycles on one kind of database; `urls` are the product's and the Node reference's."""
    with contextlib.ExitStack() as stack:
        product = stack.enter_context(_product(folder / kind, redis_url, urls[0]))
        drive = _drive(product)
        reference = stack.enter_context(_node(kind, folder, redis_url, urls[1]))
        _beside_node(kind, drive, reference, progress)
        if kind == "SQLite":
            bare = stack.enter_context(servers.bare(folder))
            _beside_bare(drive, _answers(bare), progress)
            _one_player(_drive(product, players=1), drive, progress)


@contextlib.contextmanager
def _product(folder: Path, redis_url: str, url: str) -> Iterator[servers.Server]:
    with servers.product(folder, redis_url, DATABASE_URL=url, **UNREFUSED) as product:
        answer = product.stack.call("PUT", f"/v1/admin/action-types/{ACTION}", RULES)
        assert answer.status in (200, 201), answer.body
        yield product


@contextlib.contextmanager
def _node(kind: str, folder: Path, redis_url: str, url: str) -> Iterator[Drive | None]:
    """Cycles through the Node reference; None where it is not installed."""
    if not servers.node_installed():
        yield None
        return
    store = {"FILE": url.removeprefix("sqlite:///"), "DATABASE_URL": url}
    with servers.node(folder, REDIS_URL=redis_url, **NODE[kind], **store) as node:
        yield _drive(node)


def _drive(server: servers.Server, *, players: int = CONNECTIONS) -> Drive:
    """So many players on all connections, warmed up."""
    drive = partial(
        server.talk, cycles.players(server, count=players), connections=CONNECTIONS, seconds=SECONDS
    )
    drive()
    return drive


def _answers(bare: servers.Server) -> Drive:
    request = post("/v1/actions/complete", {"actionType": ACTION}, token="0" * 300)
    return partial(bare.load, [request], connections=CONNECTIONS, seconds=SECONDS / 2)


def _beside_node(kind: str, ours: Drive, theirs: Drive | None, progress: Progress) -> None:
    things = [ours] if theirs is None else [ours, theirs]
    samples, *others = by_turns(*things, done=lambda: progress.step(f"cycles on {kind}"))
    node = others[0] if others else None
    progress.rows.append(
        Row(
            what=f"{kind}: request and complete, {CONNECTIONS} players",
            value=f"{rate(samples)} cycles",
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"Node {rate(node)}, {cpu(node)}, {latency(node)}" if node else "Node is not installed",
            ratio=ratio(samples, node) if node else "",
            goal="≥ 1.5, p99 ≤ 100 ms",
        )
    )


def _beside_bare(ours: Drive, theirs: Drive, progress: Progress) -> None:
    samples, bare = by_turns(ours, theirs, done=lambda: progress.step("cycles beside a bare route"))
    progress.rows.append(
        Row(
            what="the same, beside two bare requests",
            value=f"{rate(samples)} cycles",
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"bare route {rate(bare)}, {cpu(bare)}, {latency(bare)}",
            ratio=ratio(samples, [two(one) for one in bare]),
        )
    )


def two(sample: Sample) -> Sample:
    """A sample of requests, as one of pairs of them."""
    return replace(sample, done=sample.done // 2)


def _one_player(one: Drive, many: Drive, progress: Progress) -> None:
    samples, others = by_turns(one, many, done=lambda: progress.step("one player's cycles"))
    progress.rows.append(
        Row(
            what=f"{CONNECTIONS} connections of one player",
            value=f"{rate(samples)} cycles",
            cpu=cpu(samples),
            latency=latency(samples),
            reference=f"of {CONNECTIONS} players {rate(others)}, {cpu(others)}, {latency(others)}",
            ratio=ratio(samples, others),
            goal="≥ 0.75",
        )
    )
