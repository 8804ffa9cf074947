"""The time from a committed score to its frame, and the latency of requests beside many viewers."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from tests.load import cycles, servers, viewing
from tests.load.cycles import UNREFUSED
from tests.load.generator import Caller, Plan, drive, percentiles
from tests.load.measure import Progress, Row, Sample, by_turns, factor, goal_text, latency, p99, rate
from tests.support import Stack, submit

TICK_MS = 250  # the product's own
FEW, MANY = 100, 5000  # viewers
BOARDS, BLOCK = 4, 1_000_000  # quiet boards, and the distance of their marks
IDLE_SECONDS, BUSY_SECONDS, API_SECONDS = 6.0, 8.0, 6.0
INTERVAL_SECONDS = {"idle": 0.13, "busy": 0.7}  # seconds, on average
CYCLES, CONNECTIONS = 400, 64
API_CYCLES, API_CONNECTIONS = 100, 16
FRAMES_A_SECOND, FRAME_BYTES = 10, 1024
ROUNDS = 2
STEPS = 6
MARK = "mark"  # the player whose score identifies a frame


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Measure on quiet boards, on a busy one, and the latency of requests beside many viewers."""
    environment = {"STREAM_HEARTBEAT_SECONDS": "60", **UNREFUSED}
    with contextlib.ExitStack() as stack:
        product = stack.enter_context(servers.product(folder / "fresh", redis_url, **environment))
        node = None
        if viewing.is_available(viewing.node):
            node = stack.enter_context(viewing.node(folder))
        cycles.define(product.stack)
        _idle(product.stack, node, progress)
        callers = cycles.players(product, count=CONNECTIONS)
        _busy(product, callers, node, progress)
        _beside_a_crowd(product, callers, redis_url, progress)


# Quiet boards


def _idle(stack: Stack, node: viewing.StreamServer | None, progress: Progress) -> None:
    names = [f"quiet-{number}" for number in range(BOARDS)]
    for number, name in enumerate(names):
        assert stack.call("PUT", f"/v1/admin/boards/{name}", {"operator": "increment"}).status == 201
        if number:
            submit(stack, name, {"player": MARK, "score": number * BLOCK})
    effort = progress.effort
    seconds, viewers = effort.seconds(IDLE_SECONDS), effort.crowd(FEW)

    def ours() -> Sample:
        return _delays(stack, names, viewers, seconds, INTERVAL_SECONDS["idle"])

    ways = (
        [ours] if node is None else [ours, lambda: _posted(node, viewers, seconds, INTERVAL_SECONDS["idle"])]
    )
    title = f"score to frame, quiet boards, {viewers} viewers"
    samples, *others = by_turns(*ways, done=lambda: progress.step(title), rounds=_rounds(progress))
    progress.rows.append(_row(title, samples, others, 100, "p99 ≤ 100 ms"))


# One board, with a crowd and action cycles


def _busy(
    product: servers.Product, callers: list[Caller], node: viewing.StreamServer | None, progress: Progress
) -> None:
    effort = progress.effort
    seconds, viewers = effort.seconds(BUSY_SECONDS), effort.crowd(MANY)
    played: list[Sample] = []

    def ours() -> Sample:
        plan = _paced(product, callers, CYCLES, CONNECTIONS, seconds + 2)
        with ThreadPoolExecutor(1) as pool:
            playing: list = []
            sample = _delays(
                product.stack,
                ["main"],
                viewers,
                seconds,
                INTERVAL_SECONDS["busy"],
                opened=lambda: playing.append(pool.submit(drive, plan)),
            )
            played.append(playing[0].result())
        product.rest()
        return sample

    ways = [ours] if node is None else [ours, lambda: _posted(node, viewers, seconds, TICK_MS / 1000)]
    title = f"score to frame, {viewers:,} viewers, {CYCLES} cycles/s"
    samples, *others = by_turns(*ways, done=lambda: progress.step(title), rounds=_rounds(progress))
    row = _row(title, samples, others, TICK_MS + 150, "p99 ≤ tick + 150 ms", f"; {rate(played)} cycles")
    progress.rows.append(row)


# Requests beside a crowd


def _beside_a_crowd(
    product: servers.Product, callers: list[Caller], redis_url: str, progress: Progress
) -> None:
    effort = progress.effort
    viewers = effort.crowd(MANY)
    plan = _paced(product, callers, API_CYCLES, API_CONNECTIONS, effort.seconds(API_SECONDS))

    def without_viewers() -> Sample:
        sample = drive(plan)
        product.rest()
        return sample

    def with_viewers() -> Sample:
        with viewing.audience(product.port, "/v1/stream", viewers), _frames(publish):
            return drive(plan)

    with viewing.replace_publisher(redis_url) as publish:
        title = f"completions, {viewers:,} viewers get {FRAMES_A_SECOND} frames/s"
        busy, quiet = by_turns(
            with_viewers, without_viewers, done=lambda: progress.step(title), rounds=_rounds(progress)
        )
    ratio = factor(busy, quiet, lambda one: one.latencies_ms[2])
    progress.rows.append(
        Row(
            what=title,
            value=f"{rate(busy)} cycles, p99 {p99(busy):.0f} ms",
            latency=latency(busy),
            reference=f"without viewers {rate(quiet)} cycles, {latency(quiet)}",
            ratio=f"{ratio:.2f} (p99)",
            goal=goal_text("p99 ≤ 2", ratio <= 2),
        )
    )


@contextlib.contextmanager
def _frames(publish: Callable[[int, int], None]) -> Iterator[None]:
    """Send frames to all viewers, at a fixed rate."""
    stopping = threading.Event()

    def run() -> None:
        due = time.monotonic()
        while not stopping.wait(max(0.0, due - time.monotonic())):
            publish(time.monotonic_ns() // 1000, FRAME_BYTES)
            due += 1 / FRAMES_A_SECOND

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


# Helpers


def _rounds(progress: Progress) -> int:
    return min(ROUNDS, progress.effort.rounds)


def _paced(
    product: servers.Product, callers: list[Caller], a_second: int, connections: int, seconds: float
) -> Plan:
    return Plan(
        port=product.port, callers=callers, connections=connections, seconds=seconds, a_second=a_second
    )


def _delays(
    stack: Stack,
    boards: list[str],
    viewers: int,
    seconds: float,
    interval: float,
    opened: Callable[[], object] = lambda: None,
) -> Sample:
    """The delays from a fact's time to each viewer, of scores on the boards in turn.

    The time of a fact is noted before its commit, so the delays are slightly too long.
    """
    random, begun = Random(7), time.time()
    wall = begun - time.monotonic()
    with viewing.audience(stack.port, f"/v1/stream?boards={','.join(boards)}", viewers) as audience:
        opened()
        until = time.monotonic() + seconds
        number = 0
        while time.monotonic() < until:
            submit(stack, boards[number % len(boards)], {"player": MARK, "score": 1})
            number += 1
            time.sleep(interval * random.uniform(0.5, 1.5))
        time.sleep(1.5)
        marks = viewing.read_times(audience)
    facts = [(mark, at / 1000 - wall) for mark, at in _recorded(stack, boards) if at / 1000 >= begun]
    delays = [read - at for mark, at in facts for read in _reads(marks, mark)]
    assert len(delays) > 0.5 * len(facts) * viewers, "most frames did not arrive"
    return Sample(done=len(delays), seconds=seconds, latencies_ms=percentiles(delays))


def _recorded(stack: Stack, boards: list[str]) -> Iterator[tuple[int, int]]:
    """Each mark of these boards, and the time of its fact, in milliseconds since 1970."""
    text = "SELECT board, at, amount FROM journal WHERE player = ? ORDER BY seq"
    path = stack.data_dir / "scoreboard.db"
    scores = dict.fromkeys(boards, 0)
    with contextlib.closing(sqlite3.connect(path)) as database:
        for board, at, amount in database.execute(text, (MARK,)):
            if board in scores:
                scores[board] += amount
                yield scores[board], at


def _reads(marks: dict[int, list[float]], mark: int) -> list[float]:
    """The times at which viewers read a mark, or a later one that replaced it."""
    present = sorted(marks)
    at = bisect_left(present, mark)
    next_mark = present[at] if at < len(present) else -1
    return marks[next_mark] if next_mark // BLOCK == mark // BLOCK else []


def _posted(node: viewing.StreamServer, viewers: int, seconds: float, interval: float) -> Sample:
    """The delays of frames through a plain Node, from the request to each viewer."""
    random, sent = Random(7), {}
    with viewing.audience(node.port, node.path, viewers) as audience:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            mark = time.monotonic_ns() // 1000
            sent[mark] = time.monotonic()
            node.publish(mark, FRAME_BYTES)
            time.sleep(interval * random.uniform(0.5, 1.5))
        time.sleep(1.5)
        marks = viewing.read_times(audience)
    delays = [at - sent[mark] for mark, times in marks.items() if mark in sent for at in times]
    return Sample(done=len(delays), seconds=seconds, latencies_ms=percentiles(delays))


def _row(
    what: str, samples: list[Sample], others: list[list[Sample]], most_ms: float, goal: str, note: str = ""
) -> Row:
    row = {"what": what, "value": f"p99 {p99(samples):.0f} ms{note}", "latency": latency(samples)}
    goal = goal_text(goal, p99(samples) <= most_ms)
    if not others:
        return Row(**row, goal=goal)
    ratio = factor(samples, others[0], lambda one: one.latencies_ms[2])
    reference = f"Node http, POST to frame {latency(others[0])}"
    return Row(**row, reference=reference, ratio=f"{ratio:.2f} (p99)", goal=goal)
