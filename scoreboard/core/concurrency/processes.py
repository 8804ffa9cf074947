"""Processes: ending with the parent, limits of open files, and the process that serves a data folder."""

from __future__ import annotations

import ctypes
import fcntl
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVE_LOCK = "serve.lock"  # held by `serve` while it runs on a data folder
# macOS calls its hard limit unlimited, and accepts some of these.
FILES = (1_048_576, 65_536, 24_576, 10_240)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Get this signal when the parent process ends, for whatever reason. Does nothing except on Linux."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal_number)


def is_served(folder: Path) -> bool:
    """True if `python -m scoreboard serve` runs on this data folder now."""
    try:
        with (folder / SERVE_LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def allow_many_files() -> None:
    """Let this process open as many files as the system allows: each stream is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (hard, *FILES):
        if most == soft or 0 < most < soft:
            return
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return


def open_files_limit() -> int:
    """The number of files that this process may open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return FILES[0] if soft == resource.RLIM_INFINITY else soft
