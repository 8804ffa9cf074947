"""The stream over HTTP: event streams, WebSockets, polling, and tickets."""

from __future__ import annotations

import random

from flask import Blueprint, Response, request
from msgspec import Raw
from simple_websocket import Server
from werkzeug.http import generate_etag

from scoreboard.accounts.guard import key_required, player_required
from scoreboard.core.errors import Unavailable
from scoreboard.core.http import answers
from scoreboard.core.http.answers import Answer
from scoreboard.core.http.caching import NEVER
from scoreboard.core.http.calls import Call, current
from scoreboard.core.http.conventions import answer, as_flask_view
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.stream.http import upgrade
from scoreboard.stream.http.requests import poll_request, query_parameters, stream_request
from scoreboard.stream.http.responses import HEADERS, event_stream, held_stream, refusal_response
from scoreboard.stream.http.tickets import TICKET_SECONDS
from scoreboard.stream.http.types import PollAnswer, PollQuery, Refusal, StreamQuery
from scoreboard.stream.protocol import closing
from scoreboard.stream.protocol.wire import EVENTS, Polled, RoomsShown, TicketGiven
from scoreboard.stream.publishing.edge import last_seen

bp = Blueprint("stream", __name__, url_prefix="/v1")

watch_described = described(
    security=("anyone", "key", "player"),
    problems=(
        "unauthenticated",
        "account_suspended",
        "validation_failed",
        "board_not_found",
        "region_not_found",
        "period_not_found",
        "token_expired",
        "ledger_unavailable",
    ),
    limited=True,
)


@bp.get("/stream")
@watch_described
@described(
    query=StreamQuery,
    events=EVENTS,
    problems=("too_many_streams",),
    gets=("Last-Event-ID",),
    sends=("Scoreboard-Resume",),
)
def stream() -> Response:
    """Stream boards as server-sent events."""
    try:
        return _stream()
    except (Unavailable, DatabaseUnavailable) as error:
        return refusal_response(Refusal(closing.frame("unavailable")), error)


def _stream() -> Response:
    service = parts().stream.service
    watch = service.authorize(stream_request(service.region_header))
    if request.method == "HEAD":
        return Response(headers=HEADERS)
    if service.is_for_edge(watch, request.headers.get("Grip-Sig", "")):
        since = last_seen(request.headers.getlist("Grip-Last")) or watch.since
        return held_stream(service.serving, watch.scopes, service.hub.resume(watch.scopes, since))
    opening = service.open(watch)
    if isinstance(opening, Refusal):
        return refusal_response(opening)
    with opening:
        return event_stream(service.serving, opening)


@described(
    query=StreamQuery,
    status=(101,),
    security=("anyone", "key", "player"),
    problems=("bad_request", "unsupported_websocket_version"),
)
def stream_messages(handshake: Server) -> None:
    """Stream boards as WebSocket messages."""
    upgrade.serve(parts().stream.service, handshake)


upgrade.install(bp, stream_messages)


@bp.post("/stream/ticket")
@player_required
@limited("ticket", "ticket-address")
@described(answer=TicketGiven, status=(201,), problems=("ledger_unavailable",))
def give_ticket() -> Response:
    """Get a ticket, which opens streams of the signed-in player."""
    ticket = parts().stream.tickets.issue(current().player)
    return answer({"data": {"ticket": ticket, "expiresInSeconds": TICKET_SECONDS}}, 201)


@bp.get("/admin/rooms")
@key_required("admin", role="moderator")
@limited("admin")
@described(answer=RoomsShown)
def show_rooms() -> Response:
    """Show the number of viewers of each board, in each process."""
    rooms = parts().stream.rooms
    reports = [one.as_json(process) for process, one in sorted(rooms.current().items())]
    return answer({"data": {"process": rooms.process, "processes": reports}})


@bp.get("/poll")
@as_flask_view
@watch_described
@described(query=PollQuery, answer=Polled, bare=True, tagged=True)
def poll(call: Call) -> Answer:
    """Get the frames that follow a cursor, or wait for the next one."""
    stream, query = parts().stream, query_parameters(PollQuery)
    result = stream.polling.poll(poll_request(query, stream.service.region_header), query.wait)
    if isinstance(result, Refusal):
        refused = answers.answer({"id": query.since, "frames": [result.bye], "retry_ms": 0})
        return _with_etag(refused, f'"{generate_etag(refused.body)}"')
    return _poll_answer(call, result)


def _poll_answer(call: Call, result: PollAnswer) -> Answer:
    etag = f'"{result.at}"'
    new_frames = [*result.frames, *result.private]
    if not new_frames and call.environ.get("HTTP_IF_NONE_MATCH") == etag:
        return Answer(304, headers={"ETag": etag})
    body = {
        "id": str(result.at),
        "frames": [Raw(frame.line.encode()) for frame in new_frames],
        "retry_ms": 1000 + random.randrange(1000),
    }
    if result.told is not None:
        body["told"] = str(result.told)
    return _with_etag(answers.answer(body), etag)


def _with_etag(found: Answer, etag: str) -> Answer:
    found.headers["ETag"] = etag
    found.headers["Cache-Control"] = NEVER
    return found
