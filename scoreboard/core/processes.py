"""Processes that must not be left behind."""

from __future__ import annotations

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(how: int = signal.SIGTERM) -> None:
    """Where the system can (Linux): get the signal `how` when the parent dies, however it dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, how)
