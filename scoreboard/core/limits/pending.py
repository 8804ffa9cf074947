"""Counts that a process has not written to Redis yet, so that requests need not wait for that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")

SECONDS = 0.25  # between two writes of all counts


class PendingCounts(Generic[K]):
    """Adds up counts, and settles them a moment after the first one."""

    def __init__(self, settle: Callable[[Mapping[K, int]], None], seconds: float = SECONDS) -> None:
        """`settle` takes the counts, in a thread of its own. It must not raise."""
        self._settle, self._seconds = settle, seconds
        self._guard = threading.Lock()
        self._counts: dict[K, int] = {}
        self._timer: threading.Timer | None = None

    def add(self, key: K) -> int:
        """Count one more. Returns how many are not settled, with it."""
        with self._guard:
            owed = self._counts[key] = self._counts.get(key, 0) + 1
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self.settle)
                self._timer.daemon = True
                self._timer.start()
        return owed

    def settle(self) -> None:
        """Settle all counts now."""
        with self._guard:
            counts, self._counts, self._timer = self._counts, {}, None
        if counts:
            self._settle(counts)

    def stop(self) -> None:
        """Settle nothing more, unless `settle` is called."""
        with self._guard:
            if self._timer is not None:
                self._timer.cancel()
