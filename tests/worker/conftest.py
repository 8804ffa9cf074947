"""A real worker on one queue, and jobs that an attacker with access to Redis writes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from rq.serializers import JSONSerializer

from tests.support import ROOT, wait_until
from worker import queues
from worker.jobs import accounts

QUEUE = "rq:queue:scoreboard-chores"
TRAP = "tests.worker.trap.spring"
OURS = "worker.jobs.accounts.forget_old_sessions"


def job_data(name: object, *args: object, instance: object = None) -> bytes:
    """A job's data as RQ writes it."""
    return zlib.compress(JSONSerializer.dumps([name, instance, args, {}]))


@dataclass
class Chores:
    """`python -m worker --task chores`, and its Redis."""

    redis: Redis
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def trap(self) -> Path:
        """The file that exists after foreign code ran."""
        return self.folder / "sprung"

    @property
    def log(self) -> str:
        """The worker's log."""
        return (self.folder / "worker.log").read_text()

    def start(self) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "worker", "--task", "chores"],
                cwd=ROOT,
                env=os.environ | self.environment | {"TRAP": str(self.trap)},
                stdout=log,
                stderr=log,
            )
        self.settle()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def write(self, *, id: str | None = None, **fields: object) -> str:
        """Write a job as RQ stores it. Returns its id."""
        id, time = id or secrets.token_hex(16), "2026-01-01T00:00:00.000000Z"
        job = {"created_at": time, "enqueued_at": time, "origin": "scoreboard-chores", "timeout": "60"}
        job |= {"status": "queued", "description": "x", "result_ttl": "0", "failure_ttl": "60"}
        self.redis.hset(f"rq:job:{id}", mapping=job | fields)
        return id

    def push(self, *, id: str | None = None, **fields: object) -> str:
        """Write a job, and put it into the queue. Returns its id."""
        id = self.write(id=id, **fields)
        self.redis.rpush(QUEUE, id)
        return id

    def settle(self) -> None:
        """Wait until all jobs in the queue are handled: one of our own jobs behind them is done."""
        job = queues.queue(queues.CHORES, self.redis).enqueue(accounts.forget_old_sessions, result_ttl=0)
        wait_until(lambda: not self.redis.exists(job.key), seconds=30, why=lambda: self.log)


@pytest.fixture(scope="module")
def make_chores(
    redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Chores]]:
    """Make a worker on the queue of chores that is not started yet. There is one at a time."""
    folder = tmp_path_factory.mktemp("worker")
    environment = {"REDIS_URL": redis_server, "DATA_DIR": str(folder)}
    migrate = [sys.executable, "-m", "scoreboard", "migrate"]
    subprocess.run(migrate, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
    client = Redis.from_url(redis_server)
    workers: list[Chores] = []

    def make() -> Chores:
        for one in workers:
            one.stop()
        (folder / "worker.log").write_text("")
        workers.append(Chores(client, folder, environment))
        return workers[-1]

    yield make
    for one in workers:
        one.stop()
    client.close()


@pytest.fixture(scope="module")
def working(make_chores: Callable[[], Chores]) -> Chores:
    """A worker on the queue of chores."""
    chores = make_chores()
    chores.start()
    return chores


@pytest.fixture
def chores(working: Chores, redis: Redis) -> Iterator[Chores]:
    """That worker, on an empty Redis. At the end it is the same process, and ran no foreign code."""
    yield working
    working.settle()
    assert working.process is not None
    assert working.process.poll() is None, working.log
    assert not working.trap.exists()
