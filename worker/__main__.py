"""python -m worker: supervises one RQ worker for each queue, the clock, and what compares Redis with SQL."""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from types import FrameType

from scoreboard.core import private
from scoreboard.core.concurrency.processes import end_with_parent
from scoreboard.core.logs import configure
from scoreboard.core.storage.redis import connect_patient
from worker import clock, queues
from worker.context import parts, settings

log = logging.getLogger("worker")

RESTART_SECONDS = 1.0
GRACE_SECONDS = 10.0


class Supervisor:
    """Keeps a process for each task running: RQ's worker ends when Redis goes away, so it is started anew.

    They are forked: to import everything again takes most of a second, and memory of one's own.
    """

    def __init__(self, tasks: list[str], be: Callable[[str], None]) -> None:
        """`be` does a task until it is told to stop. It runs in a process of its own."""
        self._fork, self._be = multiprocessing.get_context("fork"), be
        self._running: dict[str, ForkProcess] = {}
        self._due = dict.fromkeys(tasks, 0.0)
        self._stopping = False

    def run(self) -> None:
        """Supervise until SIGTERM or SIGINT."""
        gc.freeze()  # else each process would touch, and so copy, what all of them share
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            for task in self._due:
                self._keep(task)
            time.sleep(0.2)
        self._end()

    def _keep(self, task: str) -> None:
        process = self._running.get(task)
        if process is not None and not process.is_alive():
            log.warning("a task ended", extra={"task": task, "status": process.exitcode})
            del self._running[task]
            self._due[task] = time.monotonic() + RESTART_SECONDS
        if task not in self._running and time.monotonic() >= self._due[task]:
            self._running[task] = self._fork.Process(target=self._begin, args=(task,), name=task)
            self._running[task].start()

    def _begin(self, task: str) -> None:
        # What a task does not handle itself ends it, instead of being our wish to stop.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._be(task)

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
    """Supervise all tasks, or be one of them."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("--task", help="be one task: clock, check, or the name of a queue")
    asked = parser.parse_args()
    private.restrict()
    configure(settings().log_level)
    names = parts().followers.names
    parts.cache_clear()  # built again in each job's own process, after RQ's fork

    def be(task: str) -> None:
        end_with_parent()
        if task == "clock":
            _run_clock(names)
        elif task == "check":
            parts().boards.check.run()
        else:
            _work(task)

    if asked.task is None:
        Supervisor(["clock", "check", queues.CHORES, *names], be).run()
    else:
        be(asked.task)


def _work(task: str) -> None:
    try:
        queues.work(task, queues.connection(settings().queue_redis), clock.calls(task))
    except Exception:
        log.exception("a task failed")
        sys.exit(1)


def _run_clock(names: list[str]) -> None:
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda signum, frame: stopped.append(signum))
    signal.signal(signal.SIGINT, lambda signum, frame: stopped.append(signum))
    redis = queues.connection(settings().queue_redis)
    clock.run(redis, connect_patient(settings().redis), names, lambda: bool(stopped))


if __name__ == "__main__":
    main()
