"""The shell: the files that boards are made of, which browsers keep for when there is no network.

Pure, once they are read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from scoreboard.core.root import ROOT

STATIC, SDK = ROOT / "frontend" / "static", ROOT / "clients" / "javascript"
KINDS = (".js", ".css", ".svg")
ONLINE = ("js/docs/", "css/docs.css", "css/reference.css", "sw", "icons/")  # what only makes sense online


def shell_files() -> dict[str, Path]:
    """Each file of the shell by its path below the server's address."""
    own = {f"static/{name}": STATIC / name for name in _below(STATIC) if not name.startswith(ONLINE)}
    return own | {f"sdk/{name}": SDK / name for name in _below(SDK)}


def worker(prefix: str) -> str:
    """The service worker for a server below this prefix, with the version and the paths of its shell."""
    paths = [f"{prefix}/{name}" for name in SHELL]
    head = f"const VERSION = {json.dumps(VERSION)}\nconst SHELL = {json.dumps(paths)}\n\n"
    return head + WORKER


def _below(folder: Path) -> Iterable[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in KINDS)


def _version(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


SHELL = shell_files()
OFFLINE = [  # what /offline is made of
    *(ROOT / "frontend" / "templates" / name for name in ("base.html", "offline.html")),
    *sorted((ROOT / "frontend" / "messages").glob("*.json")),
]
VERSION = _version([*SHELL.values(), *OFFLINE])
WORKER = (STATIC / "sw.js").read_text("utf-8")
LEAVING = (STATIC / "sw-off.js").read_text("utf-8")
