"""Ordered work: a thread that does what another one need not wait for, piece by piece in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from scoreboard.journal.submissions import OneShotEvent

Work = Callable[[], None]


class OrderedWork:
    """Does one piece of work at a time in a thread of its own, for one caller. Work must not raise."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: queue.SimpleQueue[tuple[Work, OneShotEvent] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last: OneShotEvent | None = None

    def begin(self, work: Work) -> None:
        """Begin a piece of work, once the one before is done."""
        self.wait()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._last = OneShotEvent()
        self._pieces.put((work, self._last))

    def wait(self) -> None:
        """Wait until the work that was begun is done."""
        if self._last is not None:
            self._last.wait(threading.TIMEOUT_MAX)
            self._last = None

    def stop(self) -> None:
        """Wait for the work, and end the thread."""
        self.wait()
        if self._thread is not None:
            self._pieces.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            work, done = piece
            try:
                work()
            finally:
                done.set()
