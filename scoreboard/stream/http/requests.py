"""What a request for a stream asks for, and on whose behalf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from flask import request
from msgspec import Meta, Struct, structs

from scoreboard.accounts.guard import insider
from scoreboard.accounts.rules import session_over
from scoreboard.accounts.types import Player, ServerKey
from scoreboard.boards.rules import no_board
from scoreboard.core.concurrency import deadline
from scoreboard.core.errors import FieldError, TooMany, ValidationFailed
from scoreboard.core.http.bodies import query
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import address, count
from scoreboard.stream.protocol import closing
from scoreboard.stream.protocol.types import Frame, Resumed
from scoreboard.stream.serving.admission import StreamClient

MOST_SCOPES = 8


class StreamQuery(Struct, kw_only=True):
    """What to stream, and from where. A cursor is never refused: EventSource would give up for good."""

    boards: Annotated[str, Meta(max_length=1000)] = ""
    region: Annotated[str, Meta(max_length=64)] = ""
    since: str = ""
    ticket: str = ""


class PollQuery(StreamQuery, kw_only=True):
    """The same, and how long to wait for something new, in seconds."""

    wait: Annotated[float, Meta(ge=0, le=25)] = 0.0


class Asked(Struct, frozen=True, kw_only=True):
    """A request for frames, understood and allowed."""

    who: StreamClient
    scopes: tuple[str, ...]
    since: str
    expired: bool  # the ticket: whoever asks must get a new one first

    @property
    def personal(self) -> bool:
        """Whether it is answered for somebody, and not as for everybody."""
        return bool(self.who.player) or self.who.private


def asked(shape: type[StreamQuery] = StreamQuery) -> tuple[Asked, StreamQuery]:
    """What this request asks for. Raises NotFound, Unauthenticated or ValidationFailed.

    Asks neither Redis nor the database about public boards that are known: a thousand viewers who
    come back at once cost memory only. Whoever must get a new ticket first is told nothing of boards.
    """
    wanted = query(request.args, shape)
    named = _named(wanted)
    who, expired = _newcomer(wanted.ticket)
    scopes: tuple[str, ...] = ()
    if not expired:
        who = _admissible(who, named)
        scopes = _rooms(named, wanted.region)
    since = request.headers.get("Last-Event-ID") or wanted.since
    deadline.lift()
    return Asked(who=who, scopes=scopes, since=since, expired=expired), wanted


def admitted(one: Asked, *, opening: bool) -> Frame | None:
    """Take a place for a request, or for one that goes on. Returns the bye to refuse it with."""
    if one.expired:
        return closing.frame("auth_expired")
    return parts().stream.viewers.admit(one.who, opening=opening)


def opens(resumed: Resumed) -> None:
    """Count that an address begins to stream; going on from a cursor costs nothing. Raises TooMany."""
    if resumed.resume != "ok":
        count("stream")


def turned_away(one: Asked, resumed: Resumed) -> tuple[Frame, TooMany | None] | None:
    """Take a place for a stream. Returns the bye to refuse it with, and an error for who reads no byes."""
    try:
        opens(resumed)
    except TooMany as error:
        return closing.too_often(error.retry_after_seconds or 0), error
    bye = admitted(one, opening=resumed.resume != "ok")
    return None if bye is None else (bye, None)


def _newcomer(ticket: str) -> tuple[StreamClient, bool]:
    if not ticket:
        return StreamClient(address=address()), False
    opened, good = parts().stream.tickets.open(ticket)
    revocations = parts().accounts.sessions.revocations
    revocations.check_suspended(opened.player)
    ended = revocations.ended(opened.session)
    if ended is not None and ended.why != "replaced":
        raise session_over()
    changed = ended is not None or revocations.changed(opened.player, opened.issued_at)
    who = StreamClient(
        address=address(),
        player=opened.player,
        session=opened.session,
        private=opened.private and not changed,
        until=opened.lasts_until,
    )
    return who, changed or not good


def _admissible(who: StreamClient, named: Sequence[str]) -> StreamClient:
    """Somebody who may watch all of these. Raises NotFound, for a private board as for none."""
    hidden = None if who.private else parts().stream.scopes.hidden(named)
    if hidden is None:
        return who
    caller = insider()
    if caller is None:
        raise no_board(hidden)
    return _allowed(who, caller)


def _allowed(who: StreamClient, caller: ServerKey | Player) -> StreamClient:
    """Somebody who showed with his request that he may watch what is private, as long as that is so."""
    if isinstance(caller, ServerKey):
        return structs.replace(who, private=True, session=caller.id)
    return structs.replace(
        who, private=True, player=caller.id, session=caller.session, until=caller.expires_at
    )


def _named(wanted: StreamQuery) -> list[str]:
    named = wanted.boards.split(",") if wanted.boards else [parts().base.settings.default_board]
    if len(dict.fromkeys(named)) > MOST_SCOPES:
        raise ValidationFailed(FieldError("boards", f"may name {MOST_SCOPES} boards at most"))
    return named


def _rooms(named: Sequence[str], region: str) -> tuple[str, ...]:
    rooms, scopes, header = (
        parts().stream.rooms,
        parts().stream.scopes,
        parts().base.settings.stream_region_header,
    )
    near = request.headers.get(header, "").lower() if header else ""
    found = tuple(dict.fromkeys(rooms.assign(scope, region, near=near) for scope in named))
    for scope in found:
        scopes.board(scope)  # raises where there is no such room
    return found
