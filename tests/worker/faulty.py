"""`python -m worker` with more followers: each of them fails in its own way whenever it gets facts."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scoreboard.journal.types import Position, RecordedFact
from worker import context, known
from worker.__main__ import main

JOB_SECONDS = 3  # after which a job that does not end is stopped
FOLDER = Path(os.environ["DATA_DIR"])


def raise_error() -> None:
    """Raise an exception."""
    raise RuntimeError("this follower always fails")


def kill_job() -> None:
    """Kill the process that the follower runs in."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_worker() -> None:
    """Kill the process that works on all followers' queues."""
    os.kill(os.getppid(), signal.SIGKILL)


def never_end() -> None:
    """Loop forever."""
    while True:
        time.sleep(0.01)


@dataclass(frozen=True)
class Faulty:
    """A follower that fails."""

    name: str
    fault: Callable[[], None]

    def resume(self, shard: int, stored: Position | None) -> Position:
        return stored or Position(shard, 0)

    def restore(self, shard: int) -> Position:
        return Position(shard, 0)

    def follow(self, facts: Sequence[RecordedFact]) -> None:
        """Write a line with the time and the worker process of this attempt, then fail."""
        with (FOLDER / self.name).open("a") as file:
            file.write(f"{time.monotonic()} {os.getppid()}\n")
        self.fault()

    def maintain(self) -> None:
        """Nothing to do."""


FAULTY = [Faulty(fault.__name__, fault) for fault in (raise_error, kill_job, kill_worker, never_end)]

if __name__ == "__main__":
    build = context.build

    def with_faulty(*args, **options):
        """Build the product's parts with the faulty followers in front."""
        parts = build(*args, **options)
        return replace(
            parts, followers=replace(parts.followers, followers=[*FAULTY, *parts.followers.followers])
        )

    context.build, known.JOB_SECONDS = with_faulty, JOB_SECONDS
    main()
