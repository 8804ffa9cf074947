"""Queue locks: processes that share queues exclude each other, one queue at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from tests.support import wait_until
from worker.locks import QueueLocks

fork = multiprocessing.get_context("fork")


@pytest.fixture
def locks():
    """Locks of two queues."""
    return QueueLocks(["boards", "audit"])


@pytest.fixture
def holder(locks):
    """Another process, which holds the lock of "boards"."""
    mine, other = fork.Pipe()

    def hold():
        other.send(locks.acquire("boards"))
        other.recv()

    process = fork.Process(target=hold)
    process.start()
    assert mine.recv()
    yield process
    process.kill()
    process.join()


def test_a_queue_is_locked_by_one_process_at_a_time(locks, holder):
    assert not locks.acquire("boards")
    assert locks.acquire("audit")


def test_a_process_that_is_killed_releases_its_locks(locks, holder):
    os.kill(holder.pid, signal.SIGKILL)

    wait_until(lambda: locks.acquire("boards"))


def test_a_released_lock_can_be_acquired_by_another_process(locks):
    assert locks.acquire("boards")
    assert not can_be_acquired_elsewhere(locks)

    locks.release("boards")

    assert can_be_acquired_elsewhere(locks)


def test_a_job_that_is_forked_and_ends_releases_nothing(locks):
    locks.acquire("boards")

    job = fork.Process(target=lambda: None)
    job.start()
    job.join()

    assert not can_be_acquired_elsewhere(locks)


def can_be_acquired_elsewhere(locks):
    """True if another process can lock "boards"."""
    mine, other = fork.Pipe()
    process = fork.Process(target=lambda: other.send(locks.acquire("boards")))
    process.start()
    is_acquired = mine.recv()
    process.join()
    return is_acquired
