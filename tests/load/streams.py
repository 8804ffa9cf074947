"""Frames to many viewers: processor time and delay of a delivery, and the memory of a viewer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.load import posting, servers, viewing
from tests.load.generator import percentiles
from tests.load.measure import (
    Progress,
    Row,
    Sample,
    by_turns,
    each_core,
    factor,
    goal_text,
    latency,
    p99,
)
from tests.load.viewing import StreamServer
from tests.support import Stack, wait_until

FRAMES, PACE, KB = 30, 10, 1024
ROUNDS = 2
PATIENCE_SECONDS = 20.0
MAX_BYTES = 1024  # of one viewer


@dataclass(frozen=True)
class Shape:
    """A load: the size of frames, their rate, and the number of viewers."""

    bytes: int
    viewers: int
    a_second: float  # 0 for as fast as possible
    punctual: bool = False  # True if a p99 no later than nchan's is a goal

    @property
    def title(self) -> str:
        pace = f"{self.a_second:.0f} frames/s" if self.a_second else "flat out"
        return f"{self.bytes // KB} KB to {self.viewers:,} viewers, {pace}"


SHAPES = (
    Shape(KB, 1000, PACE),
    Shape(KB, 5000, PACE, punctual=True),
    Shape(4 * KB, 1000, PACE),
    Shape(KB, 5000, 0),
)
STEPS = len(SHAPES) * 3 + posting.STEPS  # a round
FLAT_OUT = {"nchan": 1.4, "Node http": 1.6}  # the goal, as a multiple of the reference


Weights = dict[str, dict[int, int]]  # bytes of memory of each server with so many viewers


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Measure ours beside nchan and a plain Node, alternately."""
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(_ours(folder / "streams", redis_url))
        starts = (viewing.node, viewing.nchan)
        others = [stack.enter_context(start(folder)) for start in starts if viewing.is_available(start)]
        weights: Weights = {}
        for usual in SHAPES:
            shape = replace(usual, viewers=progress.effort.crowd(usual.viewers))
            progress.rows += _measure(ours, others, shape, weights, progress)
        progress.rows += _weighed(weights)
        nchan = next((one for one in others if one.name == "nchan"), None)
        posting.measure(folder, progress, None if nchan is None else partial(_delivering_frames, nchan))


def _measure(
    ours: StreamServer, others: list[StreamServer], shape: Shape, weights: Weights, progress: Progress
) -> list[Row]:
    asking = [_delivering(one, shape, weights) for one in (ours, *others)]
    rounds = min(ROUNDS, progress.effort.rounds)
    samples, *found = by_turns(*asking, done=lambda: progress.step(shape.title), rounds=rounds)
    row = Row(what=shape.title, value=_deliveries(samples), cpu=_cpu(samples), latency=latency(samples))
    return [_against(row, shape, samples, one, it) for one, it in zip(others, found, strict=True)] or [row]


def _against(row: Row, shape: Shape, ours: list[Sample], other: StreamServer, samples: list[Sample]) -> Row:
    ratio = factor(ours, samples, lambda one: 1 / one.cpu_us)
    goal = ""
    if not shape.a_second:
        least = FLAT_OUT[other.name]
        goal = goal_text(f"≥ {least}", ratio >= least)
    elif other.name == "nchan" and shape.punctual:
        goal = goal_text("p99 ≤ nchan's", p99(ours) <= p99(samples))
    return Row(
        what=row.what,
        value=row.value,
        cpu=row.cpu,
        latency=row.latency,
        reference=f"{other.name} {_deliveries(samples)}, {_cpu(samples)}, {latency(samples)}",
        ratio=f"{ratio:.2f} per core",
        goal=goal,
    )


def _delivering_frames(one: StreamServer, viewers: int) -> Callable[[], Sample]:
    return _delivering(one, Shape(KB, viewers, PACE), {})


def _weighed(weights: Weights) -> list[Row]:
    (_, mine), *others = [(name, _bytes_per_viewer(found)) for name, found in weights.items()]
    return [
        Row(
            what="memory of a viewer",
            value=f"{mine:,.0f} bytes",
            reference=f"{name} {weight:,.0f} bytes",
            ratio=f"{mine / weight:.2f}" if weight > 0 else "",
            goal=goal_text("≤ 1 KB", mine <= MAX_BYTES),
        )
        for name, weight in others
    ]


def _bytes_per_viewer(weights: dict[int, int]) -> float:
    """The memory of one more viewer, between a few viewers and many."""
    few, many = min(weights), max(weights)
    return (weights[many] - weights[few]) / (many - few)


def _deliveries(samples: list[Sample]) -> str:
    return f"{each_core(samples):,.0f} deliveries/s per core"


def _cpu(samples: list[Sample]) -> str:
    return f"{1e6 / each_core(samples):.1f} µs"


def _delivering(one: StreamServer, shape: Shape, weights: Weights) -> Callable[[], Sample]:
    count, pause = shape.viewers, 1 / shape.a_second if shape.a_second else 0.0

    def deliver() -> Sample:
        with viewing.audience(one.port, one.path, count) as audience:
            # The first of a size: later ones use the memory that it left.
            weights.setdefault(one.name, {}).setdefault(count, viewing.memory(one.processes()))
            spent, sent, begun = servers.cpu_seconds(one.processes()), {}, time.monotonic()
            for number in range(FRAMES):
                time.sleep(max(0.0, begun + number * pause - time.monotonic()))
                mark = time.monotonic_ns() // 1000
                sent[mark] = time.monotonic()
                one.publish(mark, shape.bytes)
            _rest(one)
            spent = servers.cpu_seconds(one.processes()) - spent
            marks = viewing.read_times(audience)
        delays = [at - sent[mark] for mark, times in marks.items() if mark in sent for at in times]
        assert len(delays) > 0.5 * FRAMES * count, "hardly anything arrived"
        return Sample(
            done=len(delays),
            seconds=time.monotonic() - begun,
            cpu_seconds=spent,
            latencies_ms=percentiles(delays),
        )

    return deliver


def _rest(one: StreamServer) -> None:
    """Wait until nothing is written any more."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        before = servers.cpu_seconds(one.processes())
        time.sleep(0.5)
        if servers.cpu_seconds(one.processes()) - before <= 0.05:
            return


@contextlib.contextmanager
def _ours(folder: Path, redis_url: str) -> Iterator[StreamServer]:
    stack = Stack(folder, {"REDIS_URL": redis_url, "STREAM_HEARTBEAT_SECONDS": "60"})
    stack.start()
    try:
        # As the others do, the web process is given frames from outside, and writes them to all.
        wait_until(lambda: stack.workers, seconds=10)
        with viewing.publishing(redis_url) as publish:
            yield StreamServer("ours", stack.port, "/v1/stream", lambda: stack.workers, publish)
    finally:
        stack.stop()
