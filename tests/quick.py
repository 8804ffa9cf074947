"""What makes thousands of tests quick, and is no part of what they test."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from werkzeug.routing import Rule

MEMORY = Path("/dev/shm")
MEMORY_BYTES = 3 * 1024**3  # which a run of all tests does not need
DISK = os.environ.setdefault("SCOREBOARD_TESTS_DISK", tempfile.gettempdir())  # where files are on a disk


def keep_files_in_memory() -> None:
    """Let databases wait for no disk, and take it no time: no test cuts the power.

    Not where temporary files have a folder by name, or where there is too little memory for them.
    """
    named = {"TMPDIR", "TEMP", "TMP"} & os.environ.keys()
    if not named and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def compile_routes_late() -> None:
    """Let applications be made in a third of the time.

    For each route Werkzeug compiles two functions that build its URL. Here it does so where one is built.
    """
    compile_now = Rule._compile_builder

    def compile_late(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = functools.cache(lambda: compile_now(rule, append_unknown))
        return lambda *args, **values: compiled()(*args, **values)  # noqa: PLW0108 - that is the point

    Rule._compile_builder = compile_late  # type: ignore[method-assign]


def freeze_garbage_collection() -> None:
    """Let the garbage collector look only at what tests make, not at 200,000 objects of modules each time.

    A full collection took a tenth of the time of the tests, and stopped the writer's thread for up to 0.6 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def copy_once(template: Path, url: str) -> None:
    """Put a copy of a SQLite database where a URL says, if that is SQLite too and there is none yet."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:") and not path.exists():
        shutil.copyfile(template, path)
        path.chmod(0o600)
