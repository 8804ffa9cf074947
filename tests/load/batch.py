"""Entries per second through the batch route, beside the same rows written by the driver alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from config.settings import Settings
from scoreboard.parts import build
from tests.load import servers
from tests.load.measure import (
    Progress,
    Row,
    Sample,
    by_turns,
    cpu,
    factor,
    goal_text,
    latency,
    per_core,
    rate,
    ratio,
)
from tests.load.reference.rawsql import RawSql
from tests.load.requests import score_batches

PLAYERS = 20_000
# Entries of a request, and connections.
SHAPES = {"SQLite": ((100, 1), (100, 4), (1000, 1), (1000, 4)), "PostgreSQL": ((100, 4), (1000, 1))}
SECONDS, RAW_SECONDS = 1.5, 0.8
STEPS = 2  # a round, of one shape
GOALS = {100: 0.8}  # of the driver alone, by the size of batches on 4 connections


def measure(kind: str, folder: Path, redis_url: str, progress: Progress, urls: tuple[str, str]) -> None:
    """Measure all shapes on one kind of database; `urls` are the product's and the reference's."""
    ours, theirs = urls
    prepare(theirs, folder / "raw")
    raw = RawSql(theirs, players=PLAYERS)
    with servers.product(folder / kind, redis_url, DATABASE_URL=ours) as product:
        for size, connections in SHAPES[kind]:
            _shape(kind, product, raw, progress, size, connections)
    raw.close()


def prepare(url: str, folder: Path) -> None:
    """Create the product's tables."""
    folder.mkdir(exist_ok=True)
    parts = build(Settings(database_url=url, data_dir=folder))
    parts.base.migrate()
    parts.close()


def _shape(
    kind: str, product: servers.Product, raw: RawSql, progress: Progress, size: int, connections: int
) -> None:
    requests = score_batches("main", players=PLAYERS, size=size, count=20_000 // size)
    send = partial(product.load, requests, connections=connections)
    effort = progress.effort
    send(seconds=effort.seconds(0.3))
    what = f"{kind}: batches of {size}, {connections} connection{'s' * (connections > 1)}"
    ours, driver = by_turns(
        lambda: entries(send(seconds=effort.seconds(SECONDS)), size),
        lambda: raw.run(effort.seconds(RAW_SECONDS)),
        done=lambda: progress.step(what),
        rounds=effort.rounds,
    )
    progress.rows.append(
        Row(
            what=what,
            value=per_core(ours),
            cpu=cpu(ours),
            latency=latency(ours),
            reference=f"driver alone {rate(driver)}, {cpu(driver)}",
            ratio=ratio(ours, driver),
            goal=_goal(size, connections, ours, driver),
        )
    )


def _goal(size: int, connections: int, ours: list[Sample], driver: list[Sample]) -> str:
    if size not in GOALS or connections == 1:
        return ""
    return goal_text(f"≥ {GOALS[size]}", factor(ours, driver, lambda one: one.per_second) >= GOALS[size])


def entries(sample: Sample, size: int) -> Sample:
    """A sample of requests, counted in entries."""
    return replace(sample, done=sample.done * size)
