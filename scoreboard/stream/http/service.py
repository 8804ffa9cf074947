"""Admits streams: one way in for event streams, WebSockets and polls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import structs

from scoreboard.accounts.rules import session_over
from scoreboard.accounts.types import Player, Revocation, ServerKey
from scoreboard.boards.rules import no_board
from scoreboard.core.concurrency import deadline
from scoreboard.core.errors import FieldError, TooMany, ValidationFailed
from scoreboard.stream.http.tickets import Tickets
from scoreboard.stream.http.types import Insider, Opening, Refusal, StreamRequest, Watch
from scoreboard.stream.protocol import closing
from scoreboard.stream.publishing.edge import Edge
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.serving.admission import Admission, NotAdmitted, Slots, StreamClient
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.rooms import RoomManager
from scoreboard.stream.serving.serving import Serving

MOST_SCOPES = 8


class Revocations(Protocol):
    """Knows which sessions were ended and whose rights were changed."""

    def check_suspended(self, player: str) -> None:
        """Raise Forbidden if a player's account is suspended."""

    def ended(self, session: str) -> Revocation | None:
        """Why and when a session was ended; None if it was not."""

    def changed(self, player: str, issued_at: int) -> bool:
        """Whether a player's rights were changed since something was issued to them."""


@dataclass(frozen=True, kw_only=True)
class StreamService:
    """Decides what a request may watch, admits it, and finds its first frames."""

    hub: Hub
    serving: Serving
    slots: Slots
    counts: StreamCounts
    scopes: Scopes
    rooms: RoomManager
    tickets: Tickets
    revocations: Revocations
    edge: Edge | None
    default_board: str
    region_header: str
    origins: str  # whose pages may open a WebSocket
    charge: Callable[[], None]  # count an opening of this request's address; raises TooMany

    def authorize(self, sent: StreamRequest) -> Watch:
        """What a request may watch. Raises NotFound, Unauthenticated, Forbidden or ValidationFailed.

        For known public boards neither Redis nor the database is asked: a thousand viewers that reconnect at
        once cost memory only. A client that must get a new ticket first learns nothing about boards.
        """
        named = self._named(sent.query.boards)
        client, expired = self._client(sent)
        scopes: tuple[str, ...] = ()
        if not expired:
            client = self._admissible(client, named, sent.insider)
            scopes = self._rooms(named, sent)
        deadline.lift()
        return Watch(client=client, scopes=scopes, since=sent.since, expired=expired)

    def is_for_edge(self, watch: Watch, signature: str) -> bool:
        """Whether an edge holds this stream: not if the right to watch may end at any moment."""
        return self.edge is not None and not watch.personal and self.edge.signed(signature)

    def open(self, watch: Watch) -> Opening | Refusal:
        """Admit a stream and find its first frames. The caller of `open` releases its admission."""
        try:
            return self.admit(watch)
        except TooMany as error:
            return Refusal(closing.too_often(error.retry_after_seconds or 0), error)
        except NotAdmitted as refused:
            if not watch.expired:
                self.counts.refused.inc(refused.why)
            return Refusal(closing.frame(refused.why))

    def admit(self, watch: Watch, wait: float | None = None) -> Opening:
        """Take a slot, then find the first frames: no board is read for a client that gets no slot.

        A client that does not go on from its cursor is charged for an opening. Most cursors tell that
        themselves; only if frames are missing that a cursor asks for, it is known afterwards.
        """
        begins = not self.hub.continues(watch.since)
        if begins:
            self.charge()
        admission = self._admit(watch, wait, begins=begins)
        try:
            resumed = self.hub.resume(watch.scopes, watch.since)
            if resumed.resume != "ok" and not begins:
                self._charge_late(watch, wait)
        except BaseException:
            admission.release()
            raise
        return Opening(scopes=watch.scopes, resumed=resumed, admission=admission)

    def _admit(self, watch: Watch, wait: float | None, *, begins: bool) -> Admission:
        """The slot of a stream (`wait` is None) or a poll that waits. Other polls need none."""
        if watch.expired:
            raise NotAdmitted("auth_expired")
        if wait == 0:
            return Admission(watch.client, None)
        try:
            return self.slots.admit(watch.client, opening=begins and wait is None)
        except NotAdmitted as refused:
            if wait is None:
                raise
            return Admission(watch.client, None, refused.why)  # it is answered at once, and polls again

    def _charge_late(self, watch: Watch, wait: float | None) -> None:
        self.charge()
        if wait is None:
            self.slots.count_opening(watch.client)

    # What a request may watch

    def _named(self, boards: str) -> list[str]:
        named = boards.split(",") if boards else [self.default_board]
        if len(dict.fromkeys(named)) > MOST_SCOPES:
            raise ValidationFailed(FieldError("boards", f"may name {MOST_SCOPES} boards at most"))
        return named

    def _client(self, sent: StreamRequest) -> tuple[StreamClient, bool]:
        """The client that a ticket proves, and whether it must get a new ticket first."""
        if not sent.query.ticket:
            return StreamClient(address=sent.address), False
        ticket, good = self.tickets.open(sent.query.ticket)
        self.revocations.check_suspended(ticket.player)
        ended = self.revocations.ended(ticket.session)
        if ended is not None and ended.why != "replaced":
            raise session_over()
        changed = ended is not None or self.revocations.changed(ticket.player, ticket.issued_at)
        client = StreamClient(
            address=sent.address,
            player=ticket.player,
            session=ticket.session,
            private=ticket.private and not changed,
            until=ticket.lasts_until,
        )
        return client, changed or not good

    def _admissible(self, client: StreamClient, named: Sequence[str], insider: Insider) -> StreamClient:
        """A client that may watch all of these. Raises NotFound for a private board as for a missing one."""
        hidden = None if client.private else self.scopes.hidden(named)
        if hidden is None:
            return client
        caller = insider()
        if caller is None:
            raise no_board(hidden)
        return _allowed(client, caller)

    def _rooms(self, named: Sequence[str], sent: StreamRequest) -> tuple[str, ...]:
        assign, region = self.rooms.assign, sent.query.region
        found = tuple(dict.fromkeys(assign(scope, region, near=sent.near) for scope in named))
        for scope in found:
            self.scopes.board(scope)  # raises if there is no such room
        return found


def _allowed(client: StreamClient, caller: ServerKey | Player) -> StreamClient:
    """A client whose request proved that it may watch private boards, for as long as that holds."""
    if isinstance(caller, ServerKey):
        return structs.replace(client, private=True, session=caller.id)
    return structs.replace(
        client, private=True, player=caller.id, session=caller.session, until=caller.expires_at
    )
