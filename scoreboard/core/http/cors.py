"""CORS: all origins may read, and named ones may write."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from werkzeug import Request, Response

R = TypeVar("R", bound=Response)

READS = ("GET", "HEAD", "OPTIONS")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
READ_HEADERS = ("If-None-Match", "Last-Event-ID", "X-Request-Id")
WRITE_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Prefer")
EXPOSED = (
    *("ETag", "Retry-After", "RateLimit", "RateLimit-Policy"),
    *("X-Request-Id", "Idempotency-Replayed", "Scoreboard-Resume", "Preference-Applied"),
    *("Content-Disposition", "Scoreboard-As-Of", "Scoreboard-Version"),
    *("Scoreboard-Total", "Scoreboard-Revised-At"),
)
PREFLIGHT_SECONDS = 600


def allow(request: Request, response: Response, origins: Collection[str]) -> None:
    """Say which pages may use this answer. There are no cookies, so no credentials are allowed."""
    named = request.headers.get("Origin", "").lower() in origins
    if request.method == "OPTIONS":
        _preflight(request, response, named=named)
    elif request.method in READS:
        _open(response, "*")
    else:
        response.headers.add("Vary", "Origin")
        if named:
            _open(response, request.headers["Origin"])


def _preflight(request: Request, response: Response, *, named: bool) -> None:
    asked = request.headers.get("Access-Control-Request-Method", "GET")
    response.vary.update(("Origin", "Access-Control-Request-Method"))
    if not named and asked not in READS:
        return
    _open(response, request.headers["Origin"] if named else "*")
    response.headers["Access-Control-Allow-Methods"] = ", ".join((*READS, *WRITES) if named else READS)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(
        (*READ_HEADERS, *WRITE_HEADERS) if named else READ_HEADERS
    )
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _open(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)


def shared(response: R) -> R:
    """Let pages of all sites load this file. Modules of another site can't be imported without it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
