"""The whole product on servers of its own, each behind a proxy that can be broken."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg

from config.settings import Settings, load
from scoreboard.commands.boards import run_verify
from scoreboard.parts import build
from tests.faults.history import CountedFact, Row
from tests.faults.servers import ROLE, PgBouncer, PostgresServer, RedisServer, send
from tests.support import Stack, children, wait_until
from tests.tcpproxy import TcpProxy

UNLIMITED = {
    f"LIMIT_{name}": ""
    for name in ("GUEST", "REQUEST", "REQUEST_ADDRESS", "FAILED", "WRITE", "ADMIN", "STREAM")
}
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


class Deployment:
    """Two web processes and a worker, with a Redis and a database of their own.

    `redis` and `postgres` are the servers. The product reaches them through `redis_proxy` and
    `database_proxy`. On SQLite, `postgres` and `database_proxy` are None: there is only `database_file`.
    """

    def __init__(
        self,
        folder: Path,
        postgres: PostgresServer | None = None,
        pooler: PgBouncer | None = None,
        *,
        direct: bool = False,
        **environment: str,
    ) -> None:
        """`postgres` is the server to create a database on; without it, SQLite is used.

        With a `pooler`, the product reaches both databases through it. A `direct` deployment uses no proxy
        for Redis, because tests that measure milliseconds can't afford one.
        """
        self.folder, self.postgres, self.database = folder, postgres, f"t{uuid.uuid4().hex}"
        self.redis = RedisServer(folder / "redis-of-the-test")
        self.redis_proxy = TcpProxy(self.redis.port)
        self.pooler = pooler
        self.database_proxy = TcpProxy(pooler.port if pooler else postgres.socket) if postgres else None
        self.database_file = folder / "scoreboard.db"
        self.clock_file = folder / "clock"
        port = self.redis.port if direct else self.redis_proxy.port
        own = {"WEB_CONCURRENCY": "2", "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        environment = UNLIMITED | own | environment
        if self.database_proxy:
            url = f"postgresql://{ROLE}@127.0.0.1:{self.database_proxy.port}/{self.database}"
            environment |= {"DATABASE_URL": url} | ({"AUDIT_DATABASE_URL": url} if pooler else {})
        self.stack = Stack(folder, environment)

    def start(self) -> None:
        """Start everything, and wait until scores are accepted."""
        self.redis.start()
        if self.postgres:
            self.postgres.databases.create(self.database, owner=ROLE)
        if self.pooler:
            self.pooler.start()
        self.stack.start()

    def stop(self) -> None:
        """Stop everything, in any state."""
        self.redis.resume()
        if self.postgres:
            self.postgres.resume()
        for proxy in filter(None, (self.redis_proxy, self.database_proxy)):
            proxy.repair()
        self.stack.end()
        self.redis.stop()
        if self.pooler:
            self.pooler.stop()
        for proxy in filter(None, (self.redis_proxy, self.database_proxy)):
            proxy.close()
        if self.postgres:
            self.postgres.databases.drop(self.database)

    def as_admin(self, *statements: str) -> None:
        """Run statements in its database with all rights, without the limits of the product's own user."""
        assert self.postgres, "SQLite has no users"
        uri = self.postgres.databases.uri.replace("/postgres?", f"/{self.database}?", 1)
        writing = "-c default_transaction_read_only=off"
        with psycopg.connect(uri, autocommit=True, options=writing) as connection:
            for statement in statements:
                connection.execute(statement)

    @property
    def master(self) -> int:
        """gunicorn's master process, which restarts the web processes."""
        return self.stack.master

    @property
    def web(self) -> list[int]:
        """The web processes."""
        return self.stack.workers

    @property
    def workers(self) -> list[int]:
        """The worker's processes: the supervisor, and one for each task."""
        return self.stack.processes("-m worker")

    @property
    def tasks(self) -> list[int]:
        """The worker's processes, without the supervisor."""
        mine = set(self.workers)
        return [child for pid in mine - _children_of(mine) for child in children(pid)]

    def wait_until_both_answer(self) -> None:
        """Wait until there are two web processes again that accept scores."""
        wait_until(lambda: len(self.web) == 2 and self.stack.ready, seconds=30, why=self.stack.log)

    @contextlib.contextmanager
    def pause(self, *pids: int) -> Iterator[None]:
        """Stop these processes while the block lasts."""
        send(signal.SIGSTOP, *pids)
        try:
            yield
        finally:
            send(signal.SIGCONT, *pids)

    @contextlib.contextmanager
    def file_size_limit(self, most_bytes: int, *pids: int) -> Iterator[None]:
        """Limit the size of the files that these processes write, while the block lasts."""
        before = resource.prlimit(os.getpid(), resource.RLIMIT_FSIZE)
        limit_files(most_bytes, *pids)
        try:
            yield
        finally:
            limit_files(before[0], *pids)

    @property
    def settings(self) -> Settings:
        """The settings of its web processes."""
        return settings_of(self.stack)

    def is_current(self) -> bool:
        """True if `python -m scoreboard verify` finds no difference."""
        return verify(self.stack) == 0

    def wait_until_current(self, seconds: float = 40) -> None:
        """Wait until `verify` finds no difference."""
        with contextlib.closing(build(self.settings)) as parts:
            wait_until(lambda: parts.boards.verifier.run() == [], seconds=seconds, why=self.stack.log)
        assert self.is_current()

    def counted_facts(self, board: str = "main") -> list[CountedFact]:
        """The facts of the journal that score on a board."""
        parts = build(self.settings)
        facts = [line.fact for line in parts.journal.after(parts.journal.start, 10_000_000)]
        parts.close()
        return [
            CountedFact(
                fact.data["result"] if fact.kind == "action" else key_of(fact.id), fact.player, fact.amount
            )
            for fact in facts
            if fact.kind in ("score", "action") and fact.board == board
        ]

    def rows(self, board: str = "main") -> list[Row]:
        """All rows of a board, from the API."""
        data = self.stack.call("GET", f"/v1/boards/{board}/entries?limit=1000").json["data"]
        return [Row(row["player"]["id"], row["score"], row["rank"]) for row in data["entries"]]


def verify(stack: Stack) -> int:
    """The exit status of `python -m scoreboard verify` beside the running product."""
    return run_verify(argparse.Namespace(), settings_of(stack))


def settings_of(stack: Stack) -> Settings:
    """The settings of the web processes of a running product."""
    text = Path(f"/proc/{stack.master}/environ").read_text()
    return load(dict(pair.split("=", 1) for pair in text.split("\0") if pair))


def _children_of(pids: set[int]) -> set[int]:
    """The processes whose parents are among these."""
    return {child for pid in pids for child in children(pid)}


def limit_files(most_bytes: int, *pids: int) -> None:
    """Limit the size of files that these processes write. Some of them may have ended."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, hard))


def key_of(id: str) -> str:
    """The idempotency key within the id of a score's fact."""
    return id.rpartition(":e:")[2]


def fake_clock_environment(folder: Path, **environment: str) -> dict[str, str]:
    """Environment of processes with a wall clock that follows `set_clock`, and a correct monotonic clock.

    Raises LookupError if libfaketime is not installed.
    """
    if FAKETIME is None:
        raise LookupError(
            "MISSING: libfaketime, so clocks are not tested. On Debian: apt-get install faketime"
        )
    set_clock(folder, "+0")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "PYTHONPATH": str(Path(__file__).parent / "clock"),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
        # Otherwise a thread that waits for the lock of Python never requests it: its wait of five
        # milliseconds does not end, and a busy thread blocks the process for seconds.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    } | environment


def set_clock(folder: Path, offset: str) -> None:
    """Set the offset of those processes' clock from the right time: "+2h", "-1d", "+0"."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clock.new").write_text(f"{offset}\n")
    (folder / "clock.new").replace(folder / "clock")
