"""The handling of every call: refusals before its endpoint, headers and a log line after it."""

from __future__ import annotations

import logging
import time
from typing import Any

from scoreboard.core.concurrency import deadline
from scoreboard.core.errors import BadRequest, ScoreboardError
from scoreboard.core.http import basepath, caching, cors, crosssite, hosts, preferences
from scoreboard.core.http.answers import Answer
from scoreboard.core.http.basepath import MONITORED
from scoreboard.core.http.calls import Call
from scoreboard.core.http.endpoints import Endpoint
from scoreboard.core.http.fields import Fields
from scoreboard.core.http.problems import error_of, problem
from scoreboard.core.logs import inform, loggable_path

log = logging.getLogger(__name__)

HSTS = "max-age=31536000"
UNLOGGED = ("/healthz", "/readyz")


def handle(call: Call, endpoint: Endpoint, variables: dict[str, str]) -> Answer:
    """Call an endpoint. Returns its answer, or that to its error."""
    try:
        refusal = begin(call)
        found = problem(call, refusal) if refusal else endpoint(call, **variables)
    except Exception as failure:  # noqa: BLE001 - the client gets an answer to any error
        found = problem(call, error_of(call, failure))
    finish(call, found.status, found.headers)
    return found


def begin(call: Call) -> ScoreboardError | None:
    """Begin a call. Returns the error if no endpoint may see it."""
    deadline.begin()
    preferences.begin(call.environ.get("HTTP_PREFER", ""))
    refusal: ScoreboardError | None = _malformed_host(call) or _wrong_host(call)
    return refusal or basepath.refusal(call.environ) or crosssite.refusal(call)


def finish(call: Call, status: int, headers: Fields) -> None:
    """Add the headers that all answers have, and log the call."""
    deadline.lift()  # a stream lasts for hours
    _add_limits(call, headers)
    headers["X-Request-Id"] = call.id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    caching.complete(call, status, headers)
    if call.app.site.secure:
        headers["Strict-Transport-Security"] = HSTS
    if call.path.startswith("/v1/"):
        cors.allow(call, headers)
        preferences.add_header(call.method, headers)
    if call.path not in UNLOGGED:
        inform(log, "request", _line(call, status))


def _line(call: Call, status: int) -> dict[str, Any]:
    line: dict[str, Any] = {
        "request": call.id,
        "method": call.method,
        "path": loggable_path(call.path),
        "status": status,
        "ms": round((time.monotonic() - call.started) * 1000, 1),
    }
    if call.caller:
        line["caller"] = call.caller
    if call.code:
        line["code"] = call.code
    if call.network:
        line["network"] = call.network
    return line


def _add_limits(call: Call, headers: Fields) -> None:
    """Add the limits, and the remaining requests, as headers (draft-ietf-httpapi-ratelimit-headers)."""
    if call.tallies:
        headers["RateLimit-Policy"] = ", ".join(
            f'"{name}";q={tally.item.amount};w={tally.item.get_expiry()}'
            for name, tally in call.tallies.items()
        )
        headers["RateLimit"] = ", ".join(
            f'"{name}";r={tally.remaining};t={tally.reset_seconds}' for name, tally in call.tallies.items()
        )


def _wrong_host(call: Call) -> BadRequest | None:
    """The error for a request to another host than PUBLIC_URL's. Monitors may use any host."""
    site = call.app.site
    if site.trusts(call.environ.get("HTTP_HOST", "")) or call.environ["PATH_INFO"] in MONITORED:
        return None
    return BadRequest(f"This server is at {site.url}. Send the request to that host.", code="untrusted_host")


def _malformed_host(call: Call) -> BadRequest | None:
    """The error for a missing or malformed Host header (RFC 9112, 3.2)."""
    host = call.environ.get("HTTP_HOST")
    if host is None and call.environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
        return BadRequest("HTTP/1.1 requests need a Host header.")
    if hosts.is_malformed(host or ""):
        return BadRequest(f"The Host header must name a host, with at most {hosts.LONGEST} characters.")
    return None
