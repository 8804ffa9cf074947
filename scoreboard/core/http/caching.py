"""Cache-Control and ETags of answers to reads. Without Cache-Control, caches would decide by heuristics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.http import parse_etags

from scoreboard.core.http.answers import Answer, answer
from scoreboard.core.http.calls import Call
from scoreboard.core.http.fields import Fields

READS = ("GET", "HEAD")
NEVER = "no-store"


def read(call: Call, seconds: int = 1) -> str:
    """The Cache-Control of a read. Caches may share answers to requests without credentials."""
    return "private, no-cache" if "HTTP_AUTHORIZATION" in call.environ else f"public, max-age={seconds}"


def complete(call: Call, status: int, headers: Fields) -> None:
    """Add Cache-Control to an answer of a read, unless its route did. Failures are not cached."""
    if call.method in READS and "Cache-Control" not in headers:
        headers["Cache-Control"] = read(call) if status < 400 else NEVER


def answer_with_etag(call: Call, etag: str, body: Callable[[], Any], *, max_age_seconds: int = 1) -> Answer:
    """Answer a read, with its ETag. If the client has it already, answer 304 without making the body."""
    found = Answer(304) if _has(call.environ.get("HTTP_IF_NONE_MATCH"), etag) else answer(body())
    # The ETag is weak, because two answers of the same state may differ in `asOf`.
    found.headers["ETag"] = f'W/"{etag}"'
    found.headers["Cache-Control"] = read(call, max_age_seconds)
    return found


def _has(sent: str | None, etag: str) -> bool:
    """True if an If-None-Match names an ETag."""
    return bool(sent) and (sent == f'W/"{etag}"' or parse_etags(sent).contains_weak(etag))
