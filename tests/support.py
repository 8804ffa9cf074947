"""Helpers of the tests, without fixtures."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import psycopg

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
KEY = "bootstrap-key-of-the-tests"
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_used_ports: set[int] = set()


class FrozenClock:
    """A clock that only tests move. Milliseconds since 1970."""

    def __init__(self, at: int = START) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def advance(self, *, ms: int = 0, seconds: float = 0, days: int = 0) -> None:
        self.at += ms + round(seconds * 1000) + days * 86_400_000


@dataclass
class Postgres:
    """A PostgreSQL server in which tests make databases."""

    uri: str

    def disable_sync(self) -> None:
        """Don't wait for the disk, since each test creates a database, and no test cuts the power."""
        self._execute("ALTER SYSTEM SET fsync = off")
        self._execute("SELECT pg_reload_conf()")

    def create(self, name: str, *, owner: str = "postgres", template: str = "template1") -> str:
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy OWNER {owner}")
        return self.uri.replace("/postgres?", f"/{name}?", 1)

    def drop(self, name: str) -> None:
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def create_role(self, name: str) -> None:
        """Create a user without special rights, as hosting providers do."""
        self._execute(f"CREATE ROLE {name} LOGIN")

    def _execute(self, text: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(text)


def free_port() -> int:
    """A port that nothing listens on, and that no other test takes.

    The system gives outgoing connections higher ports. Each pytest process has its own, and uses each once.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % processes
    while True:
        port = random.randrange(20_000 + own, 32_000, processes)
        with contextlib.suppress(OSError), socket.socket() as probe:
            if port not in _used_ports:
                probe.bind(("127.0.0.1", port))
                _used_ports.add(port)
                return port


@dataclass
class Answer:
    """The answer to an HTTP call."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Stack:
    """The product as a user runs it: `python -m scoreboard serve` in processes of its own."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True, pipe: bool = False) -> None:
        """Start it, and wait until scores can be taken. Its output goes to a file, or into a pipe."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        environment = {
            name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")
        }
        environment |= {
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "DATA_DIR": str(self.data_dir),
            "SCOREBOARD_BOOTSTRAP_KEY": KEY,
        } | self.environment
        with (self.data_dir / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scoreboard", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE if pipe else log,
                stderr=log if pipe else subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            wait_until(lambda: self.ready, seconds=60, why=self.log)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                # Its children are in process groups of their own. With libfaketime this is the usual end.
                for pid in self.processes():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self.process.wait()

    def ensure_running(self) -> None:
        """Start it if it does not run, and wait until it takes scores."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        wait_until(lambda: self.ready, seconds=30, why=self.log)

    def end(self) -> None:
        """Kill it with all its processes, since its data is not needed any more.

        While coverage is measured it stops in order, so that each process writes its data.
        """
        if {"COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"} & os.environ.keys():
            self.stop()
        note = self.data_dir / "redis.url"
        sockets = Path(note.read_text().removeprefix("unix://")).parent if note.exists() else None
        while pids := self.processes():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        if sockets is not None:
            shutil.rmtree(sockets, ignore_errors=True)

    @property
    def ready(self) -> bool:
        """True if it answers that scores can be taken."""
        with contextlib.suppress(OSError):
            return self.call("GET", "/readyz").status == 200
        return False

    def log(self) -> str:
        """The end of its processes' output."""
        return (self.data_dir / "serve.log").read_text()[-6000:]

    def processes(self, *words: str) -> list[int]:
        """Process ids of this stack's processes whose command lines have all these words."""
        marker = f"DATA_DIR={self.data_dir}\0".encode()
        pids = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if marker in (entry / "environ").read_bytes() and all(word in command for word in words):
                    pids.append(int(entry.name))
        return pids

    @property
    def master(self) -> int:
        """gunicorn's first process, which makes the web processes. Its id may be greater than theirs."""
        pids = self.processes("gunicorn", "wsgi:app")
        return next(pid for pid in pids if set(children(pid)) & set(pids))

    @property
    def workers(self) -> list[int]:
        """gunicorn's children: the web processes that may die without the rest."""
        return [child for master in self.processes("gunicorn", "wsgi:app") for child in children(master)]

    @property
    def redis(self) -> int:
        """Process id of its private Redis: the serve command's child that listens on a socket file."""
        wait_until(lambda: self._redis() is not None, seconds=10, why=self.log)
        return self._redis() or 0

    def _redis(self) -> int | None:
        assert self.process is not None
        for child in children(self.process.pid):
            with contextlib.suppress(OSError):
                if b"redis.sock" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return child
        return None

    @property
    def redis_socket(self) -> str:
        """The socket file of its private Redis."""
        words = Path(f"/proc/{self.redis}/cmdline").read_text().replace("\0", " ").split()
        return next(word for word in words if word.endswith("redis.sock")).removeprefix("unixsocket:")

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = KEY, headers: Any = None
    ) -> Answer:
        """Call the API. Raises OSError if nobody answers."""
        data = None if body is None else msgspec.json.encode(body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(self.url + path, method=method, data=data, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())
        except http.client.HTTPException as error:
            raise OSError(f"the answer broke off: {error!r}") from error


@contextlib.contextmanager
def running(data_dir: Path, environment: dict[str, str] | None = None) -> Iterator[Stack]:
    """The product, running while the block lasts."""
    stack = Stack(data_dir, environment or {})
    try:
        stack.start()
        yield stack
    finally:
        stack.end()


def empty_main(stack: Stack) -> None:
    """Create the default board again, without players, and undo the name that the guide gives to ada."""
    submit(stack, "main", {"player": "ada", "displayName": "ada", "score": 1})
    stack.call("DELETE", "/v1/admin/boards/main")
    assert stack.call("PUT", "/v1/admin/boards/main", {"title": "Main board"}).status in (200, 201)
    wait_until(lambda: stack.call("GET", "/play").status == 200, why=stack.log)


def submit(stack: Stack, board: str, *entries: dict[str, Any]) -> None:
    """Report scores, and check that all of them are accepted."""
    answer = stack.call("POST", f"/v1/boards/{board}/scores", {"entries": list(entries)})
    assert answer.json["data"]["rejected"] == []


def children(pid: int) -> list[int]:
    """Process ids of a process's children."""
    pids = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == pid:
                    pids.append(int(entry.name))
    return pids


def wait_until(condition: Any, *, seconds: float = 10, why: Any = None) -> None:
    """Wait until `condition()` is true. Fails after `seconds`, with the text that `why()` returns.

    It checks less often the longer it waits, since checking slows down the awaited work.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"not within {seconds} s\n{why() if why else ''}")
        time.sleep(min(0.1, max(0.01, waited / 20)))


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """The results of `count` threads that begin at the same moment. Raises the first of their errors."""
    results: list[T] = []
    errors: list[BaseException] = []
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            results.append(work(number))
        except BaseException as error:  # noqa: BLE001 - it is raised again
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
