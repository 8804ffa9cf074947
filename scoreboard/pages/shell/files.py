"""The service worker, and the files that it keeps in browsers for times without a network.

Reads files of the source tree only, no database and no request.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoreboard.core.http.pages import DeclaredPage
from scoreboard.core.root import ROOT

STATIC, SDK = ROOT / "frontend" / "static", ROOT / "clients" / "javascript"
SUFFIXES = (".js", ".css", ".svg")  # of the files that pages load
OFFLINE = [  # the files that /offline is rendered from
    *(ROOT / "frontend" / "templates" / name for name in ("base.html", "offline.html")),
    *sorted((ROOT / "frontend" / "messages").glob("*.json")),
]
WORKER = (STATIC / "sw.js").read_text("utf-8")
UNREGISTER = (STATIC / "sw-off.js").read_text("utf-8")
VARIABLE = re.compile(r"<\w+>")


@dataclass(frozen=True, kw_only=True)
class ServiceWorker:
    """A service worker: frontend/static/sw.js, and the constants that it begins with."""

    version: str  # a hash of all files that it keeps
    files: tuple[str, ...]  # paths of these files, below the public address
    pages: tuple[str, ...]  # paths of the web pages that show something without a network
    copies: tuple[str, ...]  # those of them of which a copy is kept

    @classmethod
    def of(cls, declared: Sequence[DeclaredPage]) -> ServiceWorker:
        """The service worker for the pages of an app."""
        files = kept_files(declared)
        return cls(
            version=_version([*files.values(), *OFFLINE]),
            files=tuple(files),
            pages=tuple(_path_pattern(one) for one in declared if one.page.offline != "nothing"),
            copies=tuple(_path_pattern(one) for one in declared if one.page.offline == "copy"),
        )

    def script(self, prefix: str) -> str:
        """The JavaScript of the service worker. `prefix` is the beginning of the addresses of the files."""
        constants = {
            "VERSION": self.version,
            "ASSETS": prefix,
            "SHELL": self.files,
            "PAGES": self.pages,
            "COPIES": self.copies,
        }
        head = [f"const {name} = {json.dumps(value)}\n" for name, value in constants.items()]
        return "".join(head) + "\n" + WORKER


def kept_files(declared: Iterable[DeclaredPage]) -> dict[str, Path]:
    """By path below the public address, the files that browsers keep: those of the pages, and the client."""
    names = [name for one in declared for name in one.page.files]
    own = {f"static/{name}": STATIC / name for name in files_below(STATIC) if is_covered(name, names)}
    return own | {f"sdk/{name}": SDK / name for name in files_below(SDK)}


def is_covered(file: str, names: Iterable[str]) -> bool:
    """True if `names` contains a file, or a folder (with a slash at its end) that the file is in."""
    return any(file == name or (name.endswith("/") and file.startswith(name)) for name in names)


def files_below(folder: Path) -> list[str]:
    """The files below a folder that pages may load, as relative paths."""
    paths = (path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _path_pattern(declared: DeclaredPage) -> str:
    # In the notation of sw.js: * stands for one segment of a path.
    return VARIABLE.sub("*", declared.rule).removeprefix("/")


def _version(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
