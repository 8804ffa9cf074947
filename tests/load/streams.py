"""Frames to many viewers: what one delivery costs, how late it is, and what a viewer weighs."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from scoreboard.core import keys
from scoreboard.core.redis import connect_patient
from scoreboard.stream import frames
from scoreboard.stream.diff import checksum
from scoreboard.stream.store import StreamStore
from scoreboard.stream.types import Cursor, Line
from tests.load import servers
from tests.load.generator import percentiles
from tests.load.measure import Progress, Row, Sample, by_turns, factor, latency, middle
from tests.support import ROOT, Stack, free_port, wait_until

CROWDS = (1000, 5000)
SIZES = {"1 KB": 1024, "4 KB": 4096}
FRAMES, A_SECOND = 30, 10
MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
ROUNDS = 2
STEPS = len(CROWDS) * len(SIZES) * ROUNDS * 3
GOALS = {"nchan": "≥ 1.4 times as many", "Node http": "≥ 1.6 times as many"}
LINE_BYTES = 40  # of one changed line in a frame of ours


@dataclass(frozen=True)
class Streaming:
    """A server of event streams: where, what it runs as, and how a frame is sent to everybody."""

    name: str
    port: int
    path: str
    processes: Callable[[], list[int]]
    publish: Callable[[int, int], None]  # mark, bytes


def measure(folder: Path, redis_url: str, progress: Progress) -> None:
    """Measure ours beside nchan and a plain Node, by turns."""
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(_ours(folder / "streams", redis_url))
        others = [stack.enter_context(start(folder)) for start in (_node, _nchan) if _there(start)]
        weights: dict[str, float] = {}
        for size in SIZES:
            for count in CROWDS:
                _measure(ours, others, count, size, weights, progress)
        for name, weight in weights.items():
            row = Row(what=f"memory, {name}", value=f"{weight:,.0f} bytes a viewer", goal="≤ 2 KB (ours)")
            progress.rows.append(row)


def _measure(
    ours: Streaming,
    others: list[Streaming],
    count: int,
    size: str,
    weights: dict[str, float],
    progress: Progress,
) -> None:
    asking = [_delivering(one, count, SIZES[size], weights) for one in (ours, *others)]
    found = by_turns(*asking, done=lambda: progress.step(f"{size} to {count:,} viewers"), rounds=ROUNDS)
    for streaming, samples in zip((ours, *others), found, strict=True):
        per_core = middle(samples, lambda one: 1e6 / one.cpu_us)
        ratio = factor(found[0], samples, lambda one: 1 / one.cpu_us)
        progress.rows.append(
            Row(
                what=f"{size} to {count:,} viewers, {streaming.name}",
                value=f"{per_core:,.0f} deliveries/s per core",
                cpu=f"{middle(samples, lambda one: one.cpu_us):.1f} µs",
                latency=latency(samples),
                ratio="" if streaming is ours else f"ours {ratio:.2f} times as many",
                goal=GOALS.get(streaming.name, "") if count == CROWDS[-1] else "",
            )
        )


def _delivering(one: Streaming, count: int, size: int, weights: dict[str, float]) -> Callable[[], Sample]:
    def deliver() -> Sample:
        before = _memory(one.processes())
        with _audience(one, count) as audience:
            # Later crowds use the memory that the first one left.
            weights.setdefault(one.name, (_memory(one.processes()) - before) / count)
            spent, sent, begun = servers.cpu_seconds(one.processes()), {}, time.monotonic()
            for number in range(FRAMES):
                time.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
                mark = time.monotonic_ns() // 1000
                sent[mark] = time.monotonic()
                one.publish(mark, size)
            time.sleep(1)
            spent = servers.cpu_seconds(one.processes()) - spent
            marks = _told(audience)["marks"]
        delays = [at - sent[int(mark)] for mark, times in marks.items() if int(mark) in sent for at in times]
        assert len(delays) > 0.5 * FRAMES * count, "hardly anything arrived"
        return Sample(
            done=len(delays),
            seconds=time.monotonic() - begun,
            cpu_seconds=spent,
            latencies_ms=percentiles(delays),
        )

    return deliver


@contextlib.contextmanager
def _audience(one: Streaming, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.load.audience", str(one.port), one.path, str(count)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(0.5)
        yield process
        process.kill()
    time.sleep(1)  # until everybody is noticed to be gone


def _told(audience: subprocess.Popen[str]) -> dict[str, dict[str, list[float]]]:
    assert audience.stdin is not None
    assert audience.stdout is not None
    audience.stdin.close()
    found: dict[str, dict[str, list[float]]] = json.loads(audience.stdout.readline())
    return found


@contextlib.contextmanager
def _ours(folder: Path, redis_url: str) -> Iterator[Streaming]:
    stack = Stack(folder, {"REDIS_URL": redis_url, "STREAM_HEARTBEAT_SECONDS": "60"})
    stack.start()
    try:
        # As the others do, the web process is given frames from outside, and writes them to all.
        with _publishing(redis_url) as publish:
            yield Streaming("ours", stack.port, "/v1/stream", lambda: _workers(stack), publish)
    finally:
        stack.stop()


@contextlib.contextmanager
def _publishing(redis_url: str) -> Iterator[Callable[[int, int], None]]:
    """Publish in the place of the web process's publisher, which is kept from its lease."""
    redis = connect_patient(redis_url)
    store, token, stopping = StreamStore(redis), "the bench", threading.Event()

    def hold() -> None:
        while not stopping.wait(0.5):
            redis.set(keys.lease(), token, px=3000)

    def publish(mark: int, size: int) -> None:
        (head, _), old = store.head(), store.shown()["main"]
        scores = [("mark", mark), *((f"player-{one}", mark // 2) for one in range(size // LINE_BYTES))]
        top = tuple(Line(id=player, n=player, s=score) for player, score in scores)
        new = structs.replace(old, s=head.seq + 1, top=top, total=len(top), crc=checksum(top))
        frame = frames.delta(old, new, id=Cursor(head.epoch, new.s))
        assert store.commit(token, head, frames.text(frame), new)

    wait_until(lambda: "main" in store.shown(), seconds=20)
    redis.set(keys.lease(), token, px=3000)
    holding = threading.Thread(target=hold)
    holding.start()
    try:
        yield publish
    finally:
        stopping.set()
        holding.join()
        redis.close()


def _workers(stack: Stack) -> list[int]:
    (master,) = [one for one in stack.processes("gunicorn", "wsgi:app") if len(servers.children(one)) > 1]
    return servers.children(master)[1:]


@contextlib.contextmanager
def _node(folder: Path) -> Iterator[Streaming]:
    command = ["node", str(ROOT / "tests/load/reference/sse.mjs")]
    with _alone("Node http", command, "/", lambda port: {"PORT": str(port)}) as streaming:
        yield streaming


@contextlib.contextmanager
def _nchan(folder: Path) -> Iterator[Streaming]:
    home = folder / "nchan"
    home.mkdir()

    def configured(port: int) -> dict[str, str]:
        text = (ROOT / "tests/load/reference/nchan.conf").read_text()
        (home / "nginx.conf").write_text(text.replace("FOLDER", str(home)).replace("PORT", str(port)))
        return {}

    command = ["nginx", "-p", str(home), "-e", "stderr", "-c", str(home / "nginx.conf")]
    with _alone("nchan", command, "/publish", configured) as streaming:
        yield streaming


@contextlib.contextmanager
def _alone(
    name: str, command: list[str], publish_path: str, configured: Callable[[int], dict[str, str]]
) -> Iterator[Streaming]:
    port = free_port()
    environment = configured(port)
    with subprocess.Popen(
        command, env={"PATH": "/usr/sbin:/usr/bin:/bin", **environment}, stderr=subprocess.DEVNULL
    ) as process:

        def publish(mark: int, size: int) -> None:
            body = f'{{"id":"mark","s":{mark}}}'.encode().ljust(size, b"x")
            with urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{port}{publish_path}", body), timeout=10
            ) as answer:
                answer.read()

        try:
            wait_until(lambda: servers._answers(port), seconds=10)
            yield Streaming(name, port, "/stream", lambda: servers.children(process.pid), publish)
        finally:
            process.terminate()
            process.wait(10)


def _there(start: object) -> bool:
    """Whether a reference can run here; says so where it can't."""
    wanted = {"_node": shutil.which("node"), "_nchan": MODULE.exists() and shutil.which("nginx")}
    name = getattr(start, "__name__", "")
    if not wanted[name]:
        print(f"MISSING: {name[1:]}, so it is not measured", file=sys.stderr)
    return bool(wanted[name])


def _memory(processes: list[int]) -> int:
    """Bytes of memory that these processes hold."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes]
    return sum(1024 * int(text.split("Rss:")[1].split()[0]) for text in texts)
