"""Counts that a process writes to Redis a moment later, so that requests need not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")

SECONDS = 0.25  # between two writes of all counts


class PendingCounts(Generic[K]):
    """Adds up counts, and writes them a moment after the first one was added."""

    def __init__(self, write: Callable[[Mapping[K, int]], None], seconds: float = SECONDS) -> None:
        """`write` gets the counts, in another thread. It must not raise."""
        self._write, self._seconds = write, seconds
        self._lock = threading.Lock()
        self._counts: dict[K, int] = {}
        self._timer: threading.Timer | None = None

    def add(self, key: K) -> int:
        """Add 1 to a count. Returns how much of it is not written yet."""
        with self._lock:
            count = self._counts[key] = self._counts.get(key, 0) + 1
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self.flush)
                self._timer.daemon = True
                self._timer.start()
        return count

    def flush(self) -> None:
        """Write all counts now."""
        with self._lock:
            counts, self._counts, self._timer = self._counts, {}, None
        if counts:
            self._write(counts)

    def stop(self) -> None:
        """Write nothing more, unless `flush` is called."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
