"""Locks of job queues. At most one of the processes that share a queue works on it at a time."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Sequence
from pathlib import Path


class QueueLocks:
    """Locks by the names of queues. The system releases the locks of a process that ends.

    Each is a lock of one byte in an unnamed file. Forked processes share the file, but not the locks.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._file, path = tempfile.mkstemp()  # stays open as long as the process runs
        Path(path).unlink()
        self._bytes = {name: number for number, name in enumerate(names)}

    def acquire(self, name: str) -> bool:
        """Lock a queue. False if another process has it locked."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._bytes[name])
        except OSError:  # EAGAIN or EACCES, depending on the system
            return False
        return True

    def release(self, name: str) -> None:
        """Unlock a queue."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._bytes[name])
