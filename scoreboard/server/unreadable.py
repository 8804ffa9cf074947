"""Answers to bytes that are not an HTTP request, and to requests that fail outside of the application."""

from __future__ import annotations

import re
from http import HTTPStatus

import msgspec
from gunicorn.http import errors

from scoreboard.core.errors import BadRequest, ScoreboardError, TooMany

STATUSES = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
}
SERVER_FAULTS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def error_of(exception: BaseException) -> ScoreboardError:
    """The error for the client. It repeats none of the bytes that the client sent."""
    if isinstance(exception, ScoreboardError):
        return exception
    if not isinstance(exception, errors.ParseException) or isinstance(exception, SERVER_FAULTS):
        return ScoreboardError("Internal server error.")
    kind = WORD.sub(" ", type(exception).__name__).lower()
    error = BadRequest(f"Malformed request: {kind}.")
    error.status = STATUSES.get(type(exception), 400)
    return error


def too_many() -> TooMany:
    """The error for a refused connection."""
    return TooMany(
        "Too many open connections from your address.", code="too_many_connections", retry_after_seconds=1
    )


def answer(error: ScoreboardError, below: str = "") -> bytes:
    """The bytes of a complete answer.

    Nothing is known of the request, so the link in `type` has no host, and there is no request id.

    `below` is the base path.
    """
    body = msgspec.json.encode(
        {
            "type": f"{below}/problems/{error.code.replace('_', '-')}",
            "title": error.title,
            "status": error.status,
            "code": error.code,
            "detail": error.detail,
        }
    )
    retry_after = error.retry_after_seconds
    lines = [
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *([f"Retry-After: {retry_after}"] if retry_after is not None else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
