"""A gate that one thread waits at until another opens it, cheaper than threading.Event."""

from __future__ import annotations

import threading


class OneShotEvent:
    """Closed at first; opens once."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def open(self) -> None:
        """Let the waiting thread pass. Call it once."""
        self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Whether the latch opened within `seconds`. One thread may wait, once."""
        return self._lock.acquire(timeout=max(0.0, seconds))
