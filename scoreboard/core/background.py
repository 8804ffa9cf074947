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
    """A task that takes one turn after another, also after failures.

    `turn` returns the seconds until the next one: 0 for at once, None for not before `wake`. `expected` are
    the exceptions of an outage: `on_outage` is called with each of them. All other exceptions are logged with
    their traceback. After either, `on_failure` is called, and the next turn comes after `rest_seconds`.
    `on_stop` is called by `stop`.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float | None],
        *,
        expected: tuple[type[Exception], ...] = (),
        rest_seconds: float,
        on_outage: Callable[[Exception], None] = lambda error: None,
        on_failure: Callable[[Exception], None] = lambda error: None,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.running = False
        self.stopping = False
        self._turn = turn
        self._expected = expected
        self._rest_seconds = rest_seconds
        self._on_outage = on_outage
        self._on_failure = on_failure
        self._on_stop = on_stop
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
            self._on_outage(error)
            self._on_failure(error)
        except Exception as error:
            # No error may end the background work of this process.
            log.exception("%s failed", self.name)
            self._on_failure(error)
        return self._rest_seconds

    def stop(self) -> None:
        """Take no further turn."""
        self.stopping = True
        self._woken.set()
        self._on_stop()

    def wake(self) -> None:
        """Take the next turn at once."""
        self._woken.set()
