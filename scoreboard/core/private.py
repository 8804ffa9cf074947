"""Files and folders that other users of this machine can't access."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

OTHERS = 0o077  # the mode bits of group and others


def restrict() -> None:
    """Let this process and its children create files and folders for their owner only."""
    os.umask(OTHERS)


def folder(path: Path) -> None:
    """Create a private folder if it is missing. An existing one may be shared, and stays unchanged."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def file(path: Path) -> None:
    """Create an empty private file, or make an existing one private. Raises nothing.

    An existing file is never opened: closing it would drop the locks that SQLite holds on it in this process.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        close(path)
    except OSError:
        pass  # opening it will fail with the reason


def close(path: Path) -> None:
    """Remove the rights of other users from a file or folder, if it exists and is ours. Raises nothing."""
    with suppress(OSError):
        status = path.stat()
        if status.st_mode & OTHERS and status.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)
            more = {"path": str(path), "mode": f"{stat.S_IMODE(status.st_mode):o}"}
            log.warning("other users could access this file or folder; now only its owner can", extra=more)
