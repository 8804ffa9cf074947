"""Errors as answers: application/problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from typing import Any

from scoreboard.core.errors import ScoreboardError, ValidationFailed
from scoreboard.core.http.answers import Answer, answer
from scoreboard.core.http.calls import Call
from scoreboard.core.http.media import PROBLEM
from scoreboard.core.logs import loggable_path
from scoreboard.core.storage.unavailable import DatabaseUnavailable, unavailable

log = logging.getLogger(__name__)


def problem(call: Call, error: ScoreboardError) -> Answer:
    """Answer a call with an error."""
    call.code = error.code
    body: dict[str, Any] = {
        "type": f"{call.root}problems/{error.code.replace('_', '-')}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "requestId": call.id,
    }
    if isinstance(error, ValidationFailed):
        body["errors"] = [{"field": one.field, "message": one.message} for one in error.errors]
    found = answer(body | dict(error.members), error.status, PROBLEM)
    if error.retry_after_seconds is not None:
        found.headers["Retry-After"] = str(error.retry_after_seconds)
    if error.code == "unsupported_content_encoding":
        found.headers["Accept-Encoding"] = "identity"  # RFC 9110, 15.5.16
    if error.status == 401:
        found.headers["WWW-Authenticate"] = 'Bearer realm="scoreboard"'
    found.headers["Cache-Control"] = "no-store"
    return found


def error_of(call: Call, failure: Exception) -> ScoreboardError:
    """The error that a client gets for an exception. One that nobody expected is logged."""
    if isinstance(failure, ScoreboardError):
        return failure
    if isinstance(failure, DatabaseUnavailable):
        return unavailable(failure)
    log.error(
        "a request failed",
        exc_info=failure,
        extra={"request": call.id, "path": loggable_path(call.path)},
    )
    return ScoreboardError("Internal error. The server's log has details under this request id.")
