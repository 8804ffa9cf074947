"""Memory that a process does not need any more."""

from __future__ import annotations

import contextlib
import ctypes


def give_back_memory() -> None:
    """Give the system what the allocator keeps: after a crowd has left, more than a hundred megabytes.

    glibc only gives back what lies at the end. Other C libraries have no such call, and need none.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
