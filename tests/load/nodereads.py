"""Reads beside the same reads in Node, and an unchanged list beside the least that a request costs."""

from __future__ import annotations

import contextlib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random

from tests.load import servers
from tests.load.boards import BuiltBoard, player
from tests.load.measure import (
    Progress,
    Row,
    Sample,
    by_turns,
    cpu,
    factor,
    goal_text,
    latency,
    middle,
    rate,
    ratio,
)
from tests.load.nodeboards import fill_alike
from tests.load.reference import FLOOR_PATH
from tests.load.requests import get
from tests.load.servers import Product, Server
from tests.support import wait_until

CONNECTIONS, MANY = 16, 64
SECONDS = 1.2
LIST = "/v1/boards/{board}/entries?limit=100"
ENTRY = "/v1/boards/{board}/entries/{player}"
# Path of each read, and how many times as much processor time each reference must take.
READS: dict[str, tuple[str, dict[str, float]]] = {
    "one entry": (ENTRY, {"Node": 1.3}),
    "around a player": (f"{ENTRY}/around", {"Node": 1.3}),
    "top 100": (LIST, {"Node": 3, "careful Node": 3}),
}
NODES = {
    "Node": ("server", {}),
    "careful Node": ("careful", {}),
    "careful Node that remembers": ("careful", {"REMEMBER": "1"}),
}
REMEMBERING = ("top 100",)  # the only read for which a reference remembers anything
UNCHANGED, MOST_OF_FLOOR = "an unchanged top 100 (304)", 2.2
MOST_SPREAD = 2.5  # of p99 and p50
STEPS = 16  # a round

Load = Callable[[], Sample]
Servers = Mapping[str, Server]


def measure(board: BuiltBoard, product: Product, folder: Path, redis_url: str, progress: Progress) -> None:
    """Measure reads of one board."""
    fill_alike(redis_url, board.id, board.players)
    with _nodes(folder, redis_url) as nodes, _floor(product, redis_url) as floor:
        for name in READS:
            _read(name, board, product, nodes, progress)
        _unchanged(board, product, floor, nodes, progress)
        _spread(board, product, progress)


@contextlib.contextmanager
def _nodes(folder: Path, redis_url: str) -> Iterator[Servers]:
    with contextlib.ExitStack() as stack:
        names = NODES if servers.node_installed() else {}
        yield {
            name: stack.enter_context(
                servers.node(folder, NODES[name][0], REDIS_URL=redis_url, **NODES[name][1])
            )
            for name in names
        }


@contextlib.contextmanager
def _floor(product: Product, redis_url: str) -> Iterator[Server]:
    """Another web process of the product, on the same data."""
    app = "tests.load.reference.floor:app"
    with servers.gunicorn(product.stack.data_dir, "config/gunicorn.py", app, REDIS_URL=redis_url) as floor:
        wait_until(lambda: len(floor._web()) > 1, seconds=20)
        yield floor


def _read(name: str, board: BuiltBoard, product: Product, nodes: Servers, progress: Progress) -> None:
    path, goals = READS[name]
    compared = [one for one in nodes if name in REMEMBERING or "remembers" not in one]
    requests = _requests(path, board)
    loads = [_loading(one, requests, progress) for one in (product, *(nodes[other] for other in compared))]
    ours, *others = by_turns(*loads, done=lambda: progress.step(name), rounds=progress.effort.rounds)
    title = f"{name}, {board.players:,} players"
    for other, samples in zip(compared, others, strict=True):
        saved = factor(samples, ours, lambda one: one.cpu_us)
        goal = goal_text(f"≥ {goals[other]} by CPU", saved >= goals[other]) if other in goals else ""
        progress.rows.append(_row(title, ours, other, samples, goal))


def _unchanged(
    board: BuiltBoard, product: Product, floor: Server, nodes: Servers, progress: Progress
) -> None:
    path = LIST.format(board=board.id)
    loads = [_loading(floor, [get(FLOOR_PATH)], progress)]
    names = ["the fast path alone", *(name for name in nodes if "remembers" not in name)]
    for server in (product, *(nodes[name] for name in names[1:])):
        requests = [get(path, If_None_Match=_tag(server, path))]
        loads.append(_loading(server, requests, progress, status=304))
    floors, ours, *others = by_turns(
        *loads, done=lambda: progress.step(UNCHANGED), rounds=progress.effort.rounds
    )
    for name, samples in zip(names, [floors, *others], strict=True):
        times = factor(ours, samples, lambda one: one.cpu_us)
        goal = goal_text(f"≤ {MOST_OF_FLOOR} by CPU", times <= MOST_OF_FLOOR) if samples is floors else ""
        progress.rows.append(_row(UNCHANGED, ours, name, samples, goal))


def _spread(board: BuiltBoard, product: Product, progress: Progress) -> None:
    """The distance of p99 and p50 where many ask at once."""
    load = partial(
        product.load, _requests(ENTRY, board), connections=MANY, seconds=progress.effort.seconds(SECONDS)
    )
    title = f"one entry, {MANY} connections"
    (samples,) = by_turns(load, done=lambda: progress.step(title), rounds=progress.effort.rounds)
    progress.rows.append(spread(title, samples))


def spread(title: str, samples: list[Sample]) -> Row:
    """The row of p99 / p50."""
    times = middle(samples, lambda one: one.latencies_ms[2] / one.latencies_ms[0])
    return Row(
        what=title,
        value=rate(samples),
        cpu=cpu(samples),
        latency=latency(samples),
        ratio=f"p99 / p50 {times:.1f}",
        goal=goal_text(f"p99 / p50 ≤ {MOST_SPREAD}", times <= MOST_SPREAD),
    )


def _loading(server: Server, requests: list[bytes], progress: Progress, *, status: int = 200) -> Load:
    seconds = progress.effort.seconds(SECONDS)
    load = partial(server.load, requests, connections=CONNECTIONS, status=status)
    load(seconds=seconds / 4)  # compilers and caches become warm
    return partial(load, seconds=seconds)


def _requests(path: str, board: BuiltBoard) -> list[bytes]:
    random = Random(3)
    return [
        get(path.format(board=board.id, player=player(random.randrange(board.players)))) for _ in range(5000)
    ]


def _tag(server: Server, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=15) as answer:
        return str(answer.headers["ETag"])


def _row(title: str, ours: list[Sample], name: str, reference: list[Sample], goal: str) -> Row:
    return Row(
        what=title,
        value=rate(ours),
        cpu=cpu(ours),
        latency=latency(ours),
        reference=f"{name} {rate(reference)}, {cpu(reference)}",
        ratio=ratio(ours, reference),
        goal=goal,
    )
