"""Processes: those that must not be left behind, and the one that serves a data folder."""

from __future__ import annotations

import ctypes
import fcntl
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVE_LOCK = "serve.lock"  # `serve` holds it as long as it runs on a data folder
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(how: int = signal.SIGTERM) -> None:
    """Where the system can (Linux): get the signal `how` when the parent dies, however it dies."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, how)


def served(folder: Path) -> bool:
    """Whether `python -m scoreboard serve` runs on this data folder now."""
    try:
        with (folder / SERVE_LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
