"""Processes: how they end with their parent, how many files they open, and which one serves a data folder."""

from __future__ import annotations

import ctypes
import fcntl
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
SERVE_LOCK = "serve.lock"  # `serve` holds it as long as it runs on a data folder
FILES = (1_048_576, 65_536, 24_576, 10_240)  # macOS calls its hard limit unlimited, and takes some of these
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


def allow_many_files() -> None:
    """Let this process open as many files as the system lets it: each stream is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (hard, *FILES):
        if most == soft or 0 < most < soft:
            return
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return


def files_allowed() -> int:
    """How many files this process may open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return FILES[0] if soft == resource.RLIM_INFINITY else soft
