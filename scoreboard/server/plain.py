"""Plain requests: requests whose bytes can be understood in one way only. Pure.

A server that understands a request differently from the proxy in front of it can be made to answer a request
that was never sent ("request smuggling"). So this parser accepts only the simplest form, which most requests
have: no line is folded, every line ends in CRLF, no header comes twice, and only one Content-Length may tell
where the request ends.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

HEAD_BYTES, MAX_FIELDS, BODY_BYTES = 4096, 64, 64 * 1024
HEAD = re.compile(
    rb"(GET|POST) "
    # No escapes in the path, and no second slash at its start, which could begin a host.
    rb"((/(?:[A-Za-z0-9_.:~-][A-Za-z0-9_.:~/-]*)?)(?:\?([!\"$-~]*))?) "
    rb"HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]+: [!-~][ -~]*\r\n)+)\r\n"
)
LENGTH = re.compile(r"[0-9]{1,7}")
CACHED_NAMES = 1024  # of headers, in the clients' spelling
MAX_REMEMBERED = 512  # heads whose headers are remembered: most clients send the same ones again
CREDENTIALS = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE"})  # heads with these are not
# These change where a request ends, or turn its connection into another kind.
SPECIAL = frozenset(
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
    """The head of a plain request, and the position of its body in the bytes."""

    method: str
    target: str
    path: str
    query: str
    fields: Mapping[str, str]  # its headers, named as in a WSGI environment
    begin: int
    end: int


def head(data: bytes) -> Head | None:
    """The head of the request that these bytes begin with; None if it is not plain or not complete."""
    match = HEAD.match(data, 0, HEAD_BYTES)
    if match is None or data.find(b" \r\n", 0, match.end()) >= 0:
        return None
    method, target, path, query, lines = match.groups(b"")
    fields = _fields(lines)
    length = _length(method, fields)
    if length is None:
        return None
    begin = match.end()
    return Head(
        method.decode(), target.decode(), path.decode(), query.decode(), fields, begin, begin + length
    )


_remembered: dict[bytes, dict[str, str]] = {}


def _fields(lines: bytes) -> dict[str, str]:
    """Headers by their WSGI names, which the caller must not change; {} if one comes twice or is special."""
    fields = _remembered.get(lines)
    if fields is None:
        fields = _parse(lines.decode("ascii"))
        if CREDENTIALS.isdisjoint(fields):
            if len(_remembered) >= MAX_REMEMBERED:
                _remembered.clear()
            _remembered[lines] = fields
    return fields


def _parse(text: str) -> dict[str, str]:
    lines = text.split("\r\n")[:-1]
    fields = {}
    for line in lines:
        name, _, value = line.partition(": ")
        fields[_key(name)] = value
    if len(fields) < len(lines) or len(lines) > MAX_FIELDS or not SPECIAL.isdisjoint(fields):
        return {}
    return fields


def _length(method: bytes, fields: Mapping[str, str]) -> int | None:
    """The length of the body; None if that, or the state of the connection, is not plain."""
    if "HTTP_HOST" not in fields or fields.get("HTTP_CONNECTION", "keep-alive").lower() != "keep-alive":
        return None
    length = fields.get("CONTENT_LENGTH")
    if method == b"GET":
        return 0 if length is None else None
    if length is None or not LENGTH.fullmatch(length) or int(length) > BODY_BYTES:
        return None
    return int(length)


@functools.lru_cache(maxsize=CACHED_NAMES)
def _key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
