"""Queue locks: of the processes that share queues, at most one works on a queue at a time."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Sequence
from pathlib import Path


class QueueLocks:
    """Locks that processes hold, by the names of queues. A process that ends releases what it holds.

    Each is a lock of one byte in a file without a name. Forked processes share the file, not the locks.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._file, path = tempfile.mkstemp()  # open as long as the process runs
        Path(path).unlink()
        self._bytes = {name: number for number, name in enumerate(names)}

    def acquire(self, name: str) -> bool:
        """Lock a queue. False if another process has it locked."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._bytes[name])
        except OSError:  # EAGAIN or EACCES, as the system likes
            return False
        return True

    def release(self, name: str) -> None:
        """Let other processes lock a queue again."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._bytes[name])
