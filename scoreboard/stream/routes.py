"""The stream over HTTP: server-sent events, WebSocket, polling, and tickets."""

from __future__ import annotations

import random
import time

from flask import Blueprint, Response, g, request

from scoreboard.accounts.guard import key_required, player_required
from scoreboard.core.errors import Unavailable
from scoreboard.core.http.conventions import answer
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.stream.http import upgrade
from scoreboard.stream.http.requests import Asked, PollQuery, StreamQuery, admitted, asked, opens, turned_away
from scoreboard.stream.http.responses import HEADERS, event_stream, held, refused
from scoreboard.stream.http.tickets import TICKET_SECONDS
from scoreboard.stream.protocol import closing, frames
from scoreboard.stream.protocol.types import Cursor, Encoded
from scoreboard.stream.protocol.wire import EVENTS, Polled, RoomsShown, TicketGiven
from scoreboard.stream.publishing.edge import last_seen

bp = Blueprint("stream", __name__, url_prefix="/v1")
upgrade.install(bp)


followed = described(
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
    try:
        return _streamed()
    except (Unavailable, DatabaseUnavailable) as error:
        return refused(closing.frame("unavailable"), error)


def _streamed() -> Response:
    one, _ = asked()
    if request.method == "HEAD":
        return Response(headers=HEADERS)
    edge = parts().stream.edge
    # What may end at any moment for somebody is not for an edge to hold.
    if edge is not None and not one.personal and edge.signed(request.headers.get("Grip-Sig", "")):
        lacking = last_seen(request.headers.getlist("Grip-Last"))
        return held(one, parts().stream.hub.resume(one.scopes, lacking or one.since))
    resumed = parts().stream.hub.resume(one.scopes, one.since)
    away = turned_away(one, resumed)
    if away is not None:
        return refused(*away)
    try:
        return event_stream(one, resumed)
    except BaseException:
        parts().stream.viewers.dismiss(one.who)
        raise


@bp.post("/stream/ticket")
@player_required
@limited("ticket", "ticket-address")
@described(answer=TicketGiven, status=(201,), problems=("ledger_unavailable",))
def give_ticket() -> Response:
    """Get a ticket, with which the signed-in player's stream is opened."""
    ticket = parts().stream.tickets.issue(g.player)
    return answer({"data": {"ticket": ticket, "expiresInSeconds": TICKET_SECONDS}}, 201)


@bp.get("/admin/rooms")
@key_required("admin", role="moderator")
@limited("admin")
@described(answer=RoomsShown)
def show_rooms() -> Response:
    """Show who watches what, in which process."""
    rooms = parts().stream.rooms
    found = [one.as_json(process) for process, one in sorted(rooms.current().items())]
    return answer({"data": {"process": rooms.process, "processes": found}})


@bp.get("/poll")
@followed
@described(query=PollQuery, answer=Polled, bare=True, tagged=True)
def poll() -> Response:
    """Get the frames that followed a cursor, or wait for the next one."""
    one, wanted = asked(PollQuery)
    assert isinstance(wanted, PollQuery)
    if one.expired:
        return _expired(wanted)
    resumed = parts().stream.hub.resume(one.scopes, wanted.since)
    opens(resumed)
    found, at = resumed.frames, resumed.at
    # Where nothing was ever published, the same cursor comes again and again, with the same snapshots.
    nothing_new = not found or wanted.since == str(at)
    if nothing_new and wanted.wait and admitted(one, opening=False) is None:
        # Who waits takes a viewer's place. Without one he is answered at once, and asks again.
        try:
            came, at = _next(one, at, wanted.wait)
            found = came or found
        finally:
            parts().stream.viewers.dismiss(one.who)
        # What he might see when he asked may be private by now, and he nobody any more.
        one, _ = asked(PollQuery)
        if one.expired:
            return _expired(wanted)
    etag = f'"{at}"'
    mine = parts().stream.personal.frames(one.scopes, one.who.player) if one.who.player else []
    if not found and not mine and request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers={"ETag": etag})
    body = {
        "id": str(at),
        "frames": [frames.decoded(frame.line) for frame in [*found, *mine]],
        "retry_ms": 1000 + random.randrange(1000),
    }
    response = answer(body)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-store"
    return response


def _expired(wanted: PollQuery) -> Response:
    response = answer({"id": wanted.since, "frames": [closing.frame("auth_expired")], "retry_ms": 0})
    response.add_etag()
    response.headers["Cache-Control"] = "no-store"
    return response


def _next(one: Asked, at: Cursor, seconds: float) -> tuple[list[Encoded], Cursor]:
    hub, viewers, until = parts().stream.hub, parts().stream.viewers, time.monotonic() + seconds
    while True:
        changed = hub.changed
        found, at = hub.after(one.scopes, at)
        if found or viewers.draining or time.monotonic() >= until:
            return found, at
        changed.wait(until - time.monotonic())
