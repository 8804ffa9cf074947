"""python -m worker: supervises the processes of followers, chores, the clock, and the check of Redis."""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from multiprocessing.context import ForkProcess
from types import FrameType

from scoreboard.core import private
from scoreboard.core.concurrency.processes import end_with_parent
from scoreboard.core.logs import configure
from scoreboard.core.storage.redis import connect_patient
from worker import clock, queues
from worker.context import parts, settings
from worker.locks import QueueLocks

log = logging.getLogger("worker")

RESTART_SECONDS = 1.0
GRACE_SECONDS = 10.0

Task = Callable[[], None]


class Supervisor:
    """Keeps a process for each task running: RQ's worker ends when Redis goes away, and is started again.

    Processes are forked: importing everything again would take most of a second, and unshared memory.
    """

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        """Tasks by name. Each runs until it is stopped, in a process of its own."""
        self._fork, self._tasks = multiprocessing.get_context("fork"), tasks
        self._running: dict[str, ForkProcess] = {}
        self._due = dict.fromkeys(tasks, 0.0)
        self._stopping = False

    def run(self) -> None:
        """Supervise until SIGTERM or SIGINT."""
        gc.freeze()  # otherwise each process would touch, and so copy, the memory that they share
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            for task in self._due:
                self._ensure_running(task)
            time.sleep(0.2)
        self._end()

    def _ensure_running(self, task: str) -> None:
        process = self._running.get(task)
        if process is not None and not process.is_alive():
            log.warning("a task ended", extra={"task": task, "status": process.exitcode})
            del self._running[task]
            self._due[task] = time.monotonic() + RESTART_SECONDS
        if task not in self._running and time.monotonic() >= self._due[task]:
            self._running[task] = self._fork.Process(target=self._begin, args=(task,), name=task)
            self._running[task].start()

    def _begin(self, task: str) -> None:
        # A signal that the task does not handle ends it. It must not inherit the supervisor's handlers.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._tasks[task]()

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            process.join(max(0.1, until - time.monotonic()))
            if process.is_alive():
                process.kill()


def main() -> None:
    """Supervise all tasks, or do one of them."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("--task", help="do one task only: clock, check, chores, or followers-1 and so on")
    options = parser.parse_args()
    private.restrict()
    configure(settings().log_level)
    names = parts().followers.names
    parts.cache_clear()  # built again in each job's own process, after RQ's fork
    tasks = tasks_of(names, settings().follower_processes)
    if options.task is None:
        Supervisor(tasks).run()
    elif options.task in tasks:
        tasks[options.task]()
    else:
        parser.error(f"there is no task {options.task!r}. The tasks are {', '.join(tasks)}.")


def tasks_of(names: Sequence[str], processes: int) -> dict[str, Task]:
    """All tasks by name. The followers of these names share at most `processes` processes."""
    locks = queues.locks([queues.CHORES, *names])
    numbers = range(1, min(processes, len(names)) + 1)
    return {
        "clock": partial(_run_clock, names),
        "check": _check,
        "chores": partial(_work, [queues.CHORES], locks),
        **{f"followers-{number}": partial(_work, names, locks) for number in numbers},
    }


def _check() -> None:
    end_with_parent()
    parts().boards.check.run()


def _work(names: Sequence[str], locks: QueueLocks) -> None:
    end_with_parent()
    calls = {name: clock.calls(name) for name in names}
    try:
        queues.work(queues.worker(calls, queues.connection(settings().queue_redis), locks))
    except Exception:
        log.exception("a task failed")
        sys.exit(1)


def _run_clock(names: Sequence[str]) -> None:
    end_with_parent()
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda signum, frame: signals.append(signum))
    signal.signal(signal.SIGINT, lambda signum, frame: signals.append(signum))
    redis = queues.connection(settings().queue_redis)
    clock.run(redis, connect_patient(settings().redis), names, lambda: bool(signals))


if __name__ == "__main__":
    main()
