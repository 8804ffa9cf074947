"""CORS: all origins may read, and listed ones may write."""

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
    """Allow pages of other origins to use this answer. No credentials are allowed: there are no cookies."""
    is_listed = request.headers.get("Origin", "").lower() in origins
    if request.method == "OPTIONS":
        _preflight(request, response, is_listed=is_listed)
    elif request.method in READS:
        _allow_origin(response, "*")
    else:
        response.headers.add("Vary", "Origin")
        if is_listed:
            _allow_origin(response, request.headers["Origin"])


def _preflight(request: Request, response: Response, *, is_listed: bool) -> None:
    method = request.headers.get("Access-Control-Request-Method", "GET")
    response.vary.update(("Origin", "Access-Control-Request-Method"))
    if not is_listed and method not in READS:
        return
    _allow_origin(response, request.headers["Origin"] if is_listed else "*")
    response.headers["Access-Control-Allow-Methods"] = ", ".join((*READS, *WRITES) if is_listed else READS)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(
        (*READ_HEADERS, *WRITE_HEADERS) if is_listed else READ_HEADERS
    )
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _allow_origin(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)


def share(response: R) -> R:
    """Let pages of all sites load this file. Modules of another site can't be imported without it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
