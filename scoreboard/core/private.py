"""Files and folders that other users of this machine may neither read nor enter."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

OTHERS = 0o077  # what group and others may do, as mode bits


def restrict() -> None:
    """From now on this process and its children create files and folders for their owner only."""
    os.umask(OTHERS)


def folder(path: Path) -> None:
    """Make a folder for ourselves, if it is missing. An existing one may be shared, and stays as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def file(path: Path) -> None:
    """Make an empty file for ourselves, or close an existing one to others. Raises nothing.

    An existing file is never opened: closing it again would drop the locks that SQLite holds on it here.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        close(path)
    except OSError:
        pass  # the next one who opens it says why it can't be made


def close(path: Path) -> None:
    """Take from others what they may do with a file or folder of ours, where it exists. Raises nothing."""
    with suppress(OSError):
        found = path.stat()
        if found.st_mode & OTHERS and found.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
            more = {"path": str(path), "mode": f"{stat.S_IMODE(found.st_mode):o}"}
            log.warning("other users could reach this file or folder; now only its owner can", extra=more)
