"""Background work of a process: tasks, and the loop that most of them are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)


class Task(Protocol):
    """Background work: `run` occupies a thread, and returns soon after `stop`."""

    def run(self) -> None:
        """Work until `stop` is called."""

    def stop(self) -> None:
        """Have `run` return. Also called if it never ran."""


class Loop:
    """A task that takes one turn after another, whatever fails.

    `turn` returns the seconds until the next one: 0 for at once, None for not before `wake`. `expected` are
    the exceptions of an outage; all others are logged with their traceback. After either, `failed` is called,
    and the next turn comes after `rest_seconds`. `stopped` is called by `stop`.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float | None],
        *,
        expected: tuple[type[Exception], ...] = (),
        rest_seconds: float,
        failed: Callable[[Exception], None] = lambda error: None,
        stopped: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.running = False
        self.stopping = False
        self._turn = turn
        self._expected = expected
        self._rest_seconds = rest_seconds
        self._failed = failed
        self._stopped = stopped
        self._woken = threading.Event()

    def run(self) -> None:
        """Take turns until `stop` is called."""
        self.running = True
        while not self.stopping:
            self._woken.clear()  # before the turn: a wake during it causes another turn
            seconds = self.take_turn()
            if seconds is None or seconds > 0:
                self._woken.wait(seconds)

    def take_turn(self) -> float | None:
        """Take one turn, and handle its failure. Returns the seconds until the next one."""
        try:
            return self._turn()
        except self._expected as error:
            self._failed(error)
        except Exception as error:
            # Whatever it is, the background work of this process must not end.
            log.exception("%s failed", self.name)
            self._failed(error)
        return self._rest_seconds

    def stop(self) -> None:
        """Take no further turn."""
        self.stopping = True
        self._woken.set()
        self._stopped()

    def wake(self) -> None:
        """Take the next turn at once."""
        self._woken.set()
