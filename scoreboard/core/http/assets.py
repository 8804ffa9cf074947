"""Addresses of files with a hash of all files, so that browsers can keep the files forever.

All files share one hash, the version of the files. So modules find each other by relative paths, below any
version.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, current_app, url_for

PREFIX = "/assets/<version>"  # of these addresses; the stable address of the file follows
RECHECK_SECONDS = 1.0  # files change while somebody works on them, and when a release replaces another one
DIGITS = 16


class Stamp(NamedTuple):
    """A file as it was when its folder was last read."""

    path: str
    changed_ns: int
    size: int


class FilesVersion:
    """A hash of all files in some folders."""

    def __init__(self, folders: Sequence[Path], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = folders
        self._clock = clock
        self._stamps: list[Stamp] = []
        self._checked_at = float("-inf")
        self._hash = ""

    @property
    def current(self) -> str:
        """The hash of the files as they were a second ago at most."""
        now = self._clock()
        if now - self._checked_at >= RECHECK_SECONDS:
            self._checked_at = now
            self._check()
        return self._hash

    def _check(self) -> None:
        stamps = sorted(stamp for folder in self._folders for stamp in _stamps(str(folder)))
        if stamps != self._stamps:
            self._hash = _hash(self._folders, [stamp.path for stamp in stamps])
            self._stamps = stamps


def install(app: Flask, folders: Sequence[Path]) -> None:
    """Give the app the version of these files, and put it into all links to files.

    `url_for(…, version=None)` makes the stable address, for links that other sites keep.
    """
    app.extensions["files_version"] = FilesVersion(folders)
    app.url_defaults(_add_version)


def version() -> str:
    """The version of the files that this app serves."""
    held: FilesVersion = current_app.extensions["files_version"]
    return held.current


def prefix() -> str:
    """The beginning of the addresses of this version's files."""
    name = "x"
    return url_for("static", filename=name).removesuffix(f"static/{name}")


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if "version" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "version"):
        values["version"] = version()


def _stamps(folder: str) -> Iterator[Stamp]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path)
            else:
                known = entry.stat()
                yield Stamp(entry.path, known.st_mtime_ns, known.st_size)


def _hash(folders: Iterable[Path], paths: Iterable[str]) -> str:
    # Of names and contents, and not of times: all machines with the same release name its files alike.
    digest = hashlib.sha256()
    roots = [str(folder) for folder in folders]
    for path in paths:
        root = next(root for root in roots if path.startswith(root))
        digest.update(f"{path.removeprefix(root)}\n".encode())
        digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return digest.hexdigest()[:DIGITS]
