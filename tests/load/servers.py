"""The measured servers: the product, and its references."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from redis import Redis

from scoreboard.commands.redis_server import PrivateRedis
from tests.load.generator import Caller, Plan, Repeats, drive
from tests.load.measure import Sample
from tests.support import ROOT, Stack, free_port, wait_until

TICK = os.sysconf("SC_CLK_TCK")
NODE = Path(__file__).parent / "reference" / "node"
QUIET_SECONDS, QUIET_SHARE, PATIENCE_SECONDS = 0.25, 0.1, 20.0


class Server:
    """A server on a port, in processes of its own."""

    def __init__(self, port: int, processes: Callable[[], list[int]], web: Callable[[], list[int]]) -> None:
        self.port, self._processes, self._web = port, processes, web

    def load(self, requests: list[bytes], *, connections: int, seconds: float, status: int = 200) -> Sample:
        """Send requests. Returns a sample with the processor time of the web process."""
        return self.drive([Repeats(requests)], connections=connections, seconds=seconds, status=status)

    def drive(
        self, callers: Sequence[Caller], *, connections: int, seconds: float, status: int = 200
    ) -> Sample:
        """Let callers send requests, and wait for the work that follows. Returns a sample as `load` does."""
        web = self._web()
        before = cpu_seconds(web)
        plan = Plan(port=self.port, callers=callers, connections=connections, seconds=seconds, status=status)
        sample = drive(plan)
        spent = cpu_seconds(web) - before
        self.rest()
        return replace(sample, cpu_seconds=spent)

    def threads(self) -> dict[str, float]:
        """Processor time of each native thread of the web process so far."""
        paths = [path for pid in self._web() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
        return {f"{path.parent.name} of {path.parts[2]}": _ticks(path) / TICK for path in paths}

    @property
    def workers(self) -> list[int]:
        """The web processes that answer, without gunicorn's arbiter."""
        return self._web()[1:]

    def rest(self) -> None:
        """Wait until followers have caught up, so that the next round has the machine to itself."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            processes = self._processes()
            before = cpu_seconds(processes)
            time.sleep(QUIET_SECONDS)
            if cpu_seconds(processes) - before < QUIET_SHARE * QUIET_SECONDS:
                return


class Product(Server):
    """The whole product, with access to its Redis."""

    def __init__(self, stack: Stack, redis: Redis) -> None:
        super().__init__(stack.port, lambda: stack.processes("python"), lambda: stack.processes("gunicorn"))
        self.stack, self._redis = stack, redis

    def scripts(self) -> tuple[int, int]:
        """The number of scripts that Redis ran so far, and the microseconds that they took."""
        stats = self._redis.info("commandstats").get("cmdstat_evalsha", {"calls": 0, "usec": 0})
        return stats["calls"], stats["usec"]


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of our own. Its URL."""
    server = PrivateRedis(folder)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextlib.contextmanager
def product(folder: Path, redis_url: str, **environment: str) -> Iterator[Product]:
    """The product as a user runs it."""
    stack = Stack(folder, {"REDIS_URL": redis_url, "LOG_LEVEL": "INFO", **environment})
    redis = Redis.from_url(redis_url, decode_responses=True)
    try:
        stack.start()
        server = Product(stack, redis)
        server.rest()
        yield server
    finally:
        stack.stop()
        redis.close()


def bare(folder: Path) -> contextlib.AbstractContextManager[Server]:
    """The bare application, under the product's own gunicorn settings."""
    return gunicorn(folder, "tests/load/reference/gunicorn.py", "tests.load.reference.app:app")


@contextlib.contextmanager
def gunicorn(folder: Path, config: str, app: str, **environment: str) -> Iterator[Server]:
    """A web server alone."""
    command = [sys.executable, "-m", "gunicorn", "--config", config, app]
    with _start(command, folder / "gunicorn.log", DATA_DIR=str(folder), **environment) as server:
        yield server


@contextlib.contextmanager
def node(folder: Path, program: str, **environment: str) -> Iterator[Server]:
    """A Node reference: "server" or "careful"."""
    command = ["node", str(NODE / f"{program}.js")]
    with _start(command, folder / f"{program}.log", NODE_ENV="production", **environment) as server:
        yield server


def node_installed() -> bool:
    """True if the Node references can run here."""
    return (NODE / "node_modules" / "express").is_dir() and shutil.which("node") is not None


@contextlib.contextmanager
def _start(command: list[str], log_file: Path, **environment: str) -> Iterator[Server]:
    port = free_port()
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PORT": str(port), "HOST": "127.0.0.1"} | environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until(lambda: _answers(port), seconds=30)
        yield Server(port, lambda: children(process.pid), lambda: children(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def children(pid: int) -> list[int]:
    """A process, and those that it started."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def cpu_seconds(processes: list[int]) -> float:
    """User and system time of these processes so far."""
    ticks = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            ticks += _ticks(Path(f"/proc/{pid}/stat"))
    return ticks / TICK


def cpu_split(pid: int) -> tuple[float, float]:
    """User time and system time of a process so far."""
    user, system = _times(Path(f"/proc/{pid}/stat"))
    return user / TICK, system / TICK


def _ticks(stat: Path) -> int:
    return sum(_times(stat))


def _times(stat: Path) -> tuple[int, int]:
    fields = stat.read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
