"""CORS: all origins may read, and listed ones may write."""

from __future__ import annotations

from typing import TypeVar

from werkzeug import Response

from scoreboard.core.http.calls import Call
from scoreboard.core.http.fields import Fields, vary
from scoreboard.core.http.methods import READS, WRITES

R = TypeVar("R", bound=Response)

READ_HEADERS = ("If-None-Match", "Last-Event-ID", "X-Request-Id")
WRITE_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Prefer")
EXPOSED = ", ".join(
    (
        *("ETag", "Retry-After", "RateLimit", "RateLimit-Policy"),
        *("X-Request-Id", "Idempotency-Replayed", "Scoreboard-Resume", "Preference-Applied"),
        *("Content-Disposition", "Scoreboard-As-Of", "Scoreboard-Version"),
        *("Scoreboard-Total", "Scoreboard-Revised-At"),
    )
)
PREFLIGHT_SECONDS = 600


def allow(call: Call, headers: Fields) -> None:
    """Allow pages of other origins to use this answer. No credentials are allowed: there are no cookies."""
    if call.method == "OPTIONS":
        _preflight(call, headers)
    elif call.method in READS:
        _allow_origin(headers, "*")
    else:
        vary(headers, "Origin")
        if _is_listed(call):
            _allow_origin(headers, call.environ["HTTP_ORIGIN"])


def _preflight(call: Call, headers: Fields) -> None:
    method, is_listed = call.environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD", "GET"), _is_listed(call)
    vary(headers, "Origin", "Access-Control-Request-Method")
    if not is_listed and method not in READS:
        return
    _allow_origin(headers, call.environ["HTTP_ORIGIN"] if is_listed else "*")
    headers["Access-Control-Allow-Methods"] = ", ".join((*READS, *WRITES) if is_listed else READS)
    headers["Access-Control-Allow-Headers"] = ", ".join(
        (*READ_HEADERS, *WRITE_HEADERS) if is_listed else READ_HEADERS
    )
    headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _is_listed(call: Call) -> bool:
    return call.environ.get("HTTP_ORIGIN", "").lower() in call.app.origins


def _allow_origin(headers: Fields, origin: str) -> None:
    headers["Access-Control-Allow-Origin"] = origin
    headers["Access-Control-Expose-Headers"] = EXPOSED


def share(response: R) -> R:
    """Let pages of all sites load this file. Modules of another site can't be imported without it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
