"""Changes of the environment that make tests faster. They change nothing that is tested."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from werkzeug.routing import Rule

MEMORY = Path("/dev/shm")
MEMORY_BYTES = 3 * 1024**3  # more than a run of all tests needs
DISK = os.environ.setdefault("SCOREBOARD_TESTS_DISK", tempfile.gettempdir())  # a folder on a disk


def keep_files_in_memory() -> None:
    """Put temporary files into memory, so that databases don't wait for a disk.

    It does nothing if the environment names a folder for them, or if there is too little memory.
    """
    named = {"TMPDIR", "TEMP", "TMP"} & os.environ.keys()
    if not named and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def compile_routes_late() -> None:
    """Make applications in a third of the time.

    Werkzeug compiles two functions for each route, which build its URLs. Here their first use does it.
    """
    compile_now = Rule._compile_builder

    def compile_late(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(*args: object, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(rule, append_unknown))
            return compiled[0](*args, **values)

        return build

    Rule._compile_builder = compile_late  # type: ignore[method-assign]


def copy_once(template: Path, url: str) -> None:
    """Copy a SQLite database to the file of a URL, if it is one of SQLite and the file does not exist."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:") and not path.exists():
        shutil.copyfile(template, path)
        path.chmod(0o600)
