"""Servers of event streams, and many viewers."""

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

from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.redis import connect_patient
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.diff import checksum
from scoreboard.stream.protocol.types import Cursor, Line
from scoreboard.stream.publishing.store import StreamStore
from tests.load import servers
from tests.support import ROOT, free_port, wait_until

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
LINE_BYTES = 40  # of one changed line in a frame of ours


@dataclass(frozen=True)
class StreamServer:
    """A server of event streams, with a function that sends a frame to all viewers."""

    name: str
    port: int
    path: str
    processes: Callable[[], list[int]]
    publish: Callable[[int, int], None]  # mark, bytes


@contextlib.contextmanager
def audience(port: int, path: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """A process that holds open streams."""
    command = [sys.executable, "-m", "tests.load.audience", str(port), path, str(count)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(0.5)
        yield process
        process.kill()
    time.sleep(1)  # until the server has noticed the closed streams


def read_times(audience: subprocess.Popen[str]) -> dict[int, list[float]]:
    """The times at which viewers read each mark, by time.monotonic()."""
    assert audience.stdin is not None
    assert audience.stdout is not None
    audience.stdin.close()
    times_of: dict[str, list[float]] = json.loads(audience.stdout.readline())["marks"]
    return {int(mark): times for mark, times in times_of.items()}


@contextlib.contextmanager
def replace_publisher(redis_url: str) -> Iterator[Callable[[int, int], None]]:
    """Publish instead of the web process's publisher, which can't get the lease in the meantime."""
    redis = connect_patient(redis_url)
    store, token, stopping = StreamStore(redis), "the bench", threading.Event()

    def hold() -> None:
        while not stopping.wait(0.5):
            redis.set(rediskeys.lease(), token, px=3000)

    def publish(mark: int, size: int) -> None:
        (head, _), old = store.head(), store.boards()["main"]
        scores = [("mark", mark), *((f"player-{one}", mark // 2) for one in range(size // LINE_BYTES))]
        top = tuple(Line(id=player, n=player, s=score) for player, score in scores)
        new = structs.replace(old, s=head.seq + 1, top=top, total=len(top), crc=checksum(top))
        frame = frames.delta(old, new, id=Cursor(head.epoch, new.s))
        assert store.commit(token, head, frames.text(frame), new)

    wait_until(lambda: "main" in store.boards(), seconds=20)
    redis.set(rediskeys.lease(), token, px=3000)
    holding = threading.Thread(target=hold)
    holding.start()
    try:
        yield publish
    finally:
        stopping.set()
        holding.join()
        redis.close()


@contextlib.contextmanager
def node(folder: Path) -> Iterator[StreamServer]:
    """A plain Node."""
    command = ["node", str(ROOT / "tests/load/reference/sse.mjs")]
    with _alone("Node http", command, "/", lambda port: {"PORT": str(port)}) as streaming:
        yield streaming


@contextlib.contextmanager
def nchan(folder: Path) -> Iterator[StreamServer]:
    """nchan, configured as in its manual."""
    home = folder / "nchan"
    home.mkdir()

    def configure(port: int) -> dict[str, str]:
        text = (ROOT / "tests/load/reference/nchan.conf").read_text()
        (home / "nginx.conf").write_text(text.replace("FOLDER", str(home)).replace("PORT", str(port)))
        return {}

    command = ["nginx", "-p", str(home), "-e", "stderr", "-c", str(home / "nginx.conf")]
    with _alone("nchan", command, "/publish", configure) as streaming:
        yield streaming


@contextlib.contextmanager
def _alone(
    name: str, command: list[str], publish_path: str, configure: Callable[[int], dict[str, str]]
) -> Iterator[StreamServer]:
    port = free_port()
    environment = configure(port)
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
            yield StreamServer(name, port, "/stream", lambda: servers.children(process.pid), publish)
        finally:
            process.terminate()
            process.wait(10)


def is_available(start: object) -> bool:
    """True if a reference can run here. Prints a line if it can't."""
    programs = {"node": shutil.which("node"), "nchan": MODULE.exists() and shutil.which("nginx")}
    name = getattr(start, "__name__", "")
    if not programs[name]:
        print(f"MISSING: {name}, so it is not measured", file=sys.stderr)
    return bool(programs[name])


def memory(processes: list[int]) -> int:
    """The resident memory of these processes, in bytes."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in processes]
    return sum(1024 * int(text.split("Rss:")[1].split()[0]) for text in texts)
