"""Files for browsers, without comments and compressed.

A process prepares each file at its first request, and again after it has changed. A file has two addresses: a
stable one, which browsers revalidate at each use, and one with the version of all files (assets.py), which
they keep.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from scoreboard.core.http import assets

TEXT = (".js", ".css", ".svg", ".json")
GZIP_LEVEL = 6  # higher levels take far longer and save little
# Lines of comments, comments at the end of lines, and indentation. More can't be removed without parsing the
# language: a comment with a quote might be the rest of a string. No string in our modules spans several
# lines.
REMOVALS: Mapping[str, re.Pattern[str]] = {
    ".js": re.compile(r"^[ \t]*//.*\n|[ \t]+// [^\"'`\n]*$|^[ \t]+|^\n", re.MULTILINE),
    ".css": re.compile(r"/\*.*?\*/|^[ \t]+", re.MULTILINE | re.DOTALL),
}
REVALIDATED = "no-cache"
KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as it is sent."""

    type: str
    body: bytes
    packed: bytes | None  # by gzip, if that makes it smaller
    etag: str


class Files(Blueprint):
    """A blueprint that serves such files."""

    def __init__(self, name: str, import_name: str, *, static_folder: str, static_url_path: str) -> None:
        super().__init__(name, import_name, static_folder=static_folder, static_url_path=static_url_path)
        rule = f"{assets.PREFIX}{static_url_path}/<path:filename>"
        self.add_url_rule(rule, endpoint="static", view_func=self.send_static_file)

    def send_static_file(self, filename: str, version: str = "") -> Response:
        """One of its files. Raises NotFound."""
        return send(str(self.static_folder), filename, version)


def send(folder: str, name: str, version: str = "") -> Response:
    """A file of a folder, or 304 where the client has it already. Raises NotFound.

    `version` is the one in the request's address. A page that was opened before an upgrade asks for files of
    an older version: it gets the present ones, which it may not keep under that address.
    """
    file = _file_at(Path(safe_join(folder, name) or ""))
    packed = file.packed if request.accept_encodings.best_match(("gzip",)) else None
    response = Response(file.body if packed is None else packed, content_type=file.type)
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    if file.packed is not None:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = KEPT if version and version == assets.version() else REVALIDATED
    response.set_etag(file.etag, weak=True)  # of either encoding
    response.make_conditional(request)
    return response


def _file_at(path: Path) -> File:
    """A file on the disk. Raises NotFound, also for an impossible name."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # missing, not readable, too long, or with a NUL
        raise NotFound from None
    if not stat.S_ISREG(status.st_mode):
        raise NotFound
    try:
        return _prepare(path, status.st_mtime_ns)
    except FileNotFoundError:  # deleted in between
        raise NotFound from None


@lru_cache(maxsize=1024)
def _prepare(path: Path, changed_ns: int) -> File:
    # `changed_ns` is part of the cache's key.
    body = path.read_bytes()
    if path.suffix in REMOVALS:
        body = REMOVALS[path.suffix].sub("", body.decode()).encode()
    packed = gzip.compress(body, GZIP_LEVEL, mtime=0) if path.suffix in TEXT else body
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return File(
        type=f"{kind}; charset=utf-8" if path.suffix in TEXT else kind,
        body=body,
        packed=packed if len(packed) < len(body) else None,
        etag=hashlib.sha256(body).hexdigest()[:16],
    )
