"""Locks by name: work of one name is done by one thread of this process at a time."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class LockTimeout(Exception):
    """The lock did not become free in time."""


class KeyedLock:
    """A lock for each name that is in use now."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[Hashable, tuple[threading.Lock, int]] = {}

    @contextmanager
    def take(self, name: Hashable, *, seconds: float | None = None) -> Iterator[None]:
        """Hold the lock of a name for the block. Raises LockTimeout after `seconds`."""
        with self._guard:
            lock, waiting = self._locks.get(name, (threading.Lock(), 0))
            self._locks[name] = (lock, waiting + 1)
        try:
            if not lock.acquire(timeout=-1 if seconds is None else seconds):
                raise LockTimeout
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._guard:
                lock, waiting = self._locks[name]
                if waiting == 1:
                    del self._locks[name]
                else:
                    self._locks[name] = (lock, waiting - 1)
