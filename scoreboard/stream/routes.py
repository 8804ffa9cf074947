"""The stream over HTTP: server-sent events, and polling."""

from __future__ import annotations

import random
import time
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from scoreboard.accounts.guard import check_private
from scoreboard.core.bodies import query
from scoreboard.core.errors import (
    FieldError,
    ScoreboardError,
    TooMany,
    Unavailable,
    ValidationFailed,
)
from scoreboard.core.http import answer
from scoreboard.core.limits import count
from scoreboard.core.openapi import described
from scoreboard.core.parts import parts
from scoreboard.stream import frames
from scoreboard.stream.types import Cursor, Encoded, Frame
from scoreboard.stream.wire import EVENTS, Polled

bp = Blueprint("stream", __name__, url_prefix="/v1")

MOST_SCOPES = 8
STALLED_SECONDS = 30.0
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "private, no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",  # nginx sends each frame at once
    "Vary": "Origin",
}


class StreamQuery(Struct, kw_only=True):
    """What to stream, and from where. A cursor is never refused: EventSource would give up for good."""

    boards: Annotated[
        str,
        Meta(
            max_length=1000,
            pattern=r"^[!-~]*\Z",
            description="Up to eight scopes, separated by commas: main,cup:eu.",
        ),
    ] = ""
    since: Annotated[str, Meta(description="A cursor: everything up to it was seen.")] = ""


class PollQuery(StreamQuery, kw_only=True):
    """The same, and how long to wait for something new, in seconds."""

    wait: Annotated[float, Meta(ge=0, le=25, description="Seconds.")] = 0.0


followed = described(
    security=("anyone", "key"),
    problems=(
        "unauthenticated",
        "validation_failed",
        "board_not_found",
        "region_not_found",
        "ledger_unavailable",
    ),
)


@bp.get("/stream")
@followed
@described(
    query=StreamQuery,
    events=EVENTS,
    problems=("too_many_streams",),
    gets=("Last-Event-ID",),
    sends=("Scoreboard-Resume",),
)
def stream() -> Response:
    """Stream boards as server-sent events."""
    asked = query(request.args, StreamQuery)
    scopes, viewers = _scopes(asked.boards), parts().viewers
    try:
        count("stream")
    except TooMany as error:
        return _too_often(error)
    refusal = viewers.enter()
    if refusal is not None:
        return _refused(refusal)
    try:
        _limit_sending()
        resumed = parts().hub.resume(scopes, request.headers.get("Last-Event-ID") or asked.since)
        headers = HEADERS | {"Scoreboard-Resume": resumed.resume}
        response = Response(viewers.events(scopes, resumed), headers=headers)
    except BaseException:
        viewers.leave()
        raise
    response.call_on_close(viewers.leave)
    return response


@bp.get("/poll")
@followed
@described(query=PollQuery, answer=Polled, bare=True, tagged=True)
def poll() -> Response:
    """Get the frames that followed a cursor, or wait for the next one."""
    asked = query(request.args, PollQuery)
    scopes, hub = _scopes(asked.boards), parts().hub
    resumed = hub.resume(scopes, asked.since)
    if resumed.resume != "ok":  # who goes on from his cursor opens nothing
        count("stream")
    found, at = resumed.frames, resumed.at
    if not found and asked.wait and parts().viewers.enter() is None:
        # Who waits takes a viewer's place. Without one he is answered at once, and asks again.
        try:
            found, at = _next(scopes, at, asked.wait)
        finally:
            parts().viewers.leave()
    etag = f'"{at}"'
    if not found and request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers={"ETag": etag})
    body = {
        "id": str(at),
        "frames": [frames.decoded(one.line) for one in found],
        "retry_ms": 1000 + random.randrange(1000),
    }
    response = answer(body)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-store"
    return response


def _next(scopes: list[str], at: Cursor, seconds: float) -> tuple[list[Encoded], Cursor]:
    hub, until = parts().hub, time.monotonic() + seconds
    while True:
        changed = hub.changed
        found, at = hub.after(scopes, at)
        if found or hub.stopping or time.monotonic() >= until:
            return found, at
        changed.wait(until - time.monotonic())


def _scopes(text: str) -> list[str]:
    """The scopes that a viewer asks for. Raises NotFound, Unauthenticated or ValidationFailed."""
    scopes = list(dict.fromkeys(text.split(","))) if text else [parts().settings.default_board]
    if len(scopes) > MOST_SCOPES:
        raise ValidationFailed(FieldError("boards", f"may name {MOST_SCOPES} boards at most"))
    for scope in scopes:
        board = parts().scopes.board(scope)
        if not board.definition.public:
            check_private()
    return scopes


def _limit_sending() -> None:
    # Who never reads fills his buffers, and would keep his place for ever.
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(STALLED_SECONDS)


def _too_often(error: TooMany) -> Response:
    seconds = max(15, error.retry_after_seconds or 0)
    retry_ms = 1000 * seconds + random.randrange(15_000)
    return _refused(frames.bye(code=203, again=True, retry_ms=retry_ms, why="rate"), error)


def _refused(bye: Frame, error: ScoreboardError | None = None) -> Response:
    # An EventSource that gets 429 or 503 never tries again, so it is told inside a stream.
    if "text/event-stream" not in request.headers.get("Accept", ""):
        raise error or Unavailable(
            "No more streams here now.", code="too_many_streams", retry_after_seconds=15
        )
    return Response(frames.opening(bye["retry_ms"]) + frames.encoded(bye).event, headers=HEADERS)
