"""Plain requests: those whose bytes can be understood in one way only. Pure.

Whoever reads a request otherwise than a proxy in front of him did can be made to answer one that was never
sent ("request smuggling"). So this reads the simplest form alone, which most requests have, and does not try
to understand the rest: no line may be folded or end in anything but CRLF, no header may come twice, and
nothing may say where the request ends but one Content-Length.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

HEAD_BYTES, MOST_FIELDS, BODY_BYTES = 4096, 64, 64 * 1024
HEAD = re.compile(
    rb"(GET|POST) "
    # Nothing encoded in the path, and no second slash at its beginning: that could be a host.
    rb"((/(?:[A-Za-z0-9_.:~-][A-Za-z0-9_.:~/-]*)?)(?:\?([!\"$-~]*))?) "
    rb"HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]+: [!-~][ -~]*\r\n)+)\r\n"
)
LENGTH = re.compile(r"[0-9]{1,7}")
KEPT_NAMES = 1024  # of headers, as clients write them
# By these a request says that it ends elsewhere, or that its connection is to become another one.
ODD = frozenset(
    f"HTTP_{name}"
    for name in (
        "TRANSFER_ENCODING",
        "TE",
        "TRAILER",
        "EXPECT",
        "UPGRADE",
        "HTTP2_SETTINGS",
        "PROXY_CONNECTION",
    )
)


class Head(NamedTuple):
    """What a plain request says before its body, and where in the bytes that is."""

    method: str
    target: str
    path: str
    query: str
    fields: dict[str, str]  # its headers, named as in a WSGI environment
    begin: int
    end: int


def head(data: bytes) -> Head | None:
    """The head of the request that these bytes begin with; None where it is not plain or not all there."""
    match = HEAD.match(data, 0, HEAD_BYTES)
    if match is None or b" \r\n" in match[0]:
        return None
    method, target, path, query, lines = match.groups(b"")
    fields = _fields(lines.decode("ascii"))
    length = _length(method, fields)
    if length is None:
        return None
    begin = match.end()
    return Head(
        method.decode(), target.decode(), path.decode(), query.decode(), fields, begin, begin + length
    )


def _fields(text: str) -> dict[str, str]:
    """Headers by their names; {} where one comes twice or is odd."""
    lines = text.split("\r\n")[:-1]
    fields = {}
    for line in lines:
        name, _, value = line.partition(": ")
        fields[_key(name)] = value
    if len(fields) < len(lines) or len(lines) > MOST_FIELDS or not ODD.isdisjoint(fields):
        return {}
    return fields


def _length(method: bytes, fields: dict[str, str]) -> int | None:
    """How long the body is; None where that, or whether another request follows, is not said plainly."""
    if "HTTP_HOST" not in fields or fields.get("HTTP_CONNECTION", "keep-alive").lower() != "keep-alive":
        return None
    said = fields.get("CONTENT_LENGTH")
    if method == b"GET":
        return 0 if said is None else None
    if said is None or not LENGTH.fullmatch(said) or int(said) > BODY_BYTES:
        return None
    return int(said)


@functools.lru_cache(maxsize=KEPT_NAMES)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
