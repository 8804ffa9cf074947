"""Followers share a bounded number of processes, and the fault of one never stops another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.boards.calls import score
from tests.support import ROOT, children, wait_until
from worker.__main__ import tasks_of

pytestmark = [pytest.mark.one_database, pytest.mark.alone]

FAULTS = ("raise_error", "kill_job", "kill_worker", "never_end")
JOB_SECONDS = 3  # of `tests/worker/faulty.py`
TRIES = 3


@pytest.fixture
def worker(parts, redis_server, tmp_path):
    """The worker with four faulty followers, on the parts' databases and Redis."""
    environment = os.environ | {
        "DATABASE_URL": parts.base.database.url,
        "AUDIT_DATABASE_URL": parts.base.audit_database.url,
        "REDIS_URL": redis_server,
        "DATA_DIR": str(tmp_path),
        "FOLLOWER_PROCESSES": "2",
    }
    with (tmp_path / "worker.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker.faulty"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def tries(folder: Path, fault: str) -> list[tuple[float, int]]:
    """The attempts of a faulty follower: their times and worker processes."""
    file = folder / fault
    lines = file.read_text().splitlines() if file.exists() else []
    return [(float(at), int(pid)) for at, pid in map(str.split, lines)]


@pytest.mark.timeout(180)
def test_followers_that_fail_in_every_way_stop_no_other_follower(client, parts, worker, tmp_path):
    def log():
        return (tmp_path / "worker.log").read_text()[-5000:]

    # All of them fail repeatedly; in the meantime the audit log follows every score.
    number = 0
    while min(len(tries(tmp_path, fault)) for fault in FAULTS) < TRIES:
        score(client, "main", **{f"player-{number}": 1})
        wait_until(lambda: parts.followers.lag("audit") == 0, seconds=40, why=log)
        number += 1

    assert worker.poll() is None
    processes = children(worker.pid)
    assert len(processes) <= len(("clock", "check", "chores")) + 2
    # A follower that never ends has one process at a time, for as long as a job may take.
    for (start, _), (following, _) in pairwise(tries(tmp_path, "never_end")):
        assert following - start >= JOB_SECONDS - 1


def test_there_are_as_many_processes_as_set_and_never_more_than_followers():
    names = ["boards", "audit", "third"]

    assert [name for name in tasks_of(names, 2) if name.startswith("followers")] == [
        "followers-1",
        "followers-2",
    ]
    assert len(tasks_of(names, 9)) == len(("clock", "check", "chores")) + 3
