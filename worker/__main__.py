"""python -m worker: supervises one RQ worker for each queue, and the clock."""

from __future__ import annotations

import argparse
import logging
import signal
import subprocess
import sys
import time
from types import FrameType

from scoreboard.core.logs import configure
from scoreboard.core.processes import end_with_parent
from scoreboard.core.redis import connect_patient
from worker import clock, queues
from worker.context import parts, settings

log = logging.getLogger("worker")

RESTART_SECONDS = 1.0
GRACE_SECONDS = 10.0


class Supervisor:
    """Keeps a process for each task running: RQ's worker ends when Redis goes away, so it is started anew."""

    def __init__(self, tasks: list[str]) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._due = dict.fromkeys(tasks, 0.0)
        self._stopping = False

    def run(self) -> None:
        """Supervise until SIGTERM or SIGINT."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            for task in self._due:
                self._keep(task)
            time.sleep(0.2)
        self._end()

    def _keep(self, task: str) -> None:
        process = self._running.get(task)
        if process is not None and process.poll() is not None:
            log.warning("a task ended", extra={"task": task, "status": process.returncode})
            del self._running[task]
            self._due[task] = time.monotonic() + RESTART_SECONDS
        if task not in self._running and time.monotonic() >= self._due[task]:
            self._running[task] = subprocess.Popen([sys.executable, "-m", "worker", "--task", task])

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> None:
    """Supervise all tasks, or be one of them."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("--task", help="be one task: clock, or the name of a queue")
    asked = parser.parse_args()
    configure(settings().log_level)
    if asked.task is not None:
        end_with_parent()
    names = parts().followers.names
    if asked.task is None:
        Supervisor(["clock", queues.CHORES, *names]).run()
    elif asked.task == "clock":
        _run_clock(names)
    else:
        # Built again in each job's own process, after RQ's fork.
        parts.cache_clear()
        queues.work(asked.task, queues.connection(settings().queue_redis))


def _run_clock(names: list[str]) -> None:
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda signum, frame: stopped.append(signum))
    signal.signal(signal.SIGINT, lambda signum, frame: stopped.append(signum))
    redis = queues.connection(settings().queue_redis)
    clock.run(redis, connect_patient(settings().redis_url), names, lambda: bool(stopped))


if __name__ == "__main__":
    main()
