"""The service worker, and the files that browsers keep by it for times without a network.

Pure, once they are read.
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
KINDS = (".js", ".css", ".svg")
OFFLINE = [  # the sources of /offline
    *(ROOT / "frontend" / "templates" / name for name in ("base.html", "offline.html")),
    *sorted((ROOT / "frontend" / "messages").glob("*.json")),
]
WORKER = (STATIC / "sw.js").read_text("utf-8")
UNREGISTER = (STATIC / "sw-off.js").read_text("utf-8")
VARIABLE = re.compile(r"<\w+>")


@dataclass(frozen=True, kw_only=True)
class ServiceWorker:
    """A service worker: frontend/static/sw.js, and the constants that it begins with."""

    version: str  # of all that it keeps
    files: tuple[str, ...]  # paths below the server's address
    pages: tuple[str, ...]  # paths of pages that have something to show without a network
    copies: tuple[str, ...]  # those of which a copy is kept

    @classmethod
    def of(cls, declared: Sequence[DeclaredPage]) -> ServiceWorker:
        """The service worker for these pages."""
        files = kept_files(declared)
        return cls(
            version=_version([*files.values(), *OFFLINE]),
            files=tuple(files),
            pages=tuple(_path(one) for one in declared if one.page.offline != "nothing"),
            copies=tuple(_path(one) for one in declared if one.page.offline == "copy"),
        )

    def script(self, prefix: str) -> str:
        """Its script, for a server below this prefix."""
        shell = [f"{prefix}/{name}" for name in self.files]
        constants = {"VERSION": self.version, "SHELL": shell, "PAGES": self.pages, "COPIES": self.copies}
        head = [f"const {name} = {json.dumps(value)}\n" for name, value in constants.items()]
        return "".join(head) + "\n" + WORKER


def kept_files(declared: Iterable[DeclaredPage]) -> dict[str, Path]:
    """Files that browsers keep, by their paths below the server's address: the pages' own, and the client."""
    named = [name for one in declared for name in one.page.files]
    own = {f"static/{name}": STATIC / name for name in files_below(STATIC) if belongs(name, named)}
    return own | {f"sdk/{name}": SDK / name for name in files_below(SDK)}


def belongs(file: str, named: Iterable[str]) -> bool:
    """Whether a file is named, or is in a folder that is."""
    return any(file == name or (name.endswith("/") and file.startswith(name)) for name in named)


def files_below(folder: Path) -> list[str]:
    """The files below a folder that pages load."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in KINDS)


def _path(declared: DeclaredPage) -> str:
    # As the script reads it: * is a part of a path.
    return VARIABLE.sub("*", declared.rule).removeprefix("/")


def _version(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
