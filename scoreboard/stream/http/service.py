"""Authorizes and admits streams: event streams, WebSockets and polls alike."""

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
from scoreboard.stream.http.types import Opening, PrivilegedCaller, Refusal, StreamRequest, Watch
from scoreboard.stream.protocol import closing
from scoreboard.stream.publishing.edge import Edge
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.serving.admission import Admission, NotAdmitted, Slots, StreamClient
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.rooms import RoomManager
from scoreboard.stream.serving.serving import Serving

MAX_SCOPES = 8


class Revocations(Protocol):
    """The revocations of sessions and of players' rights."""

    def check_suspended(self, player: str) -> None:
        """Raise Forbidden if a player's account is suspended."""

    def of_session(self, session: str) -> Revocation | None:
        """The revocation that ended a session; None if there is none."""

    def has_changed(self, player: str, issued_at: int) -> bool:
        """True if a player's rights were changed since a credential was issued to them."""


@dataclass(frozen=True, kw_only=True)
class StreamService:
    """Authorizes requests for stream scopes, admits them, and finds their first frames."""

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
    origins: str  # of the pages that may open a WebSocket
    charge: Callable[[], None]  # counts an opening against the limit of the address; raises TooMany

    def authorize(self, request: StreamRequest) -> Watch:
        """Find the stream scopes that a request may watch.

        Raises NotFound, Unauthenticated, Forbidden or ValidationFailed.

        For known public boards this reads neither Redis nor the database: a thousand viewers that reconnect
        at once only cost memory. A client that must first get a new ticket is told nothing about boards.
        """
        scope_names = self._scope_names(request.query.boards)
        client, expired = self._client(request)
        scopes: tuple[str, ...] = ()
        if not expired:
            client = self._with_rights(client, scope_names, request.privileged_caller)
            scopes = self._rooms(scope_names, request)
        deadline.lift()
        return Watch(client=client, scopes=scopes, since=request.since, expired=expired)

    def is_for_edge(self, watch: Watch, signature: str) -> bool:
        """True if the edge may hold this stream: the right to watch it can't end at any moment."""
        return self.edge is not None and not watch.personal and self.edge.has_signed(signature)

    def open(self, watch: Watch) -> Opening | Refusal:
        """Admit a stream and find its first frames. The caller must release the admission of the result."""
        try:
            return self.admit(watch)
        except TooMany as error:
            return Refusal(closing.too_often(error.retry_after_seconds or 0), error)
        except NotAdmitted as error:
            if not watch.expired:
                self.counts.refused.inc(error.why)
            return Refusal(closing.frame(error.why))

    def admit(self, watch: Watch, wait: float | None = None) -> Opening:
        """Take a slot, then find the first frames. No board is read for a client without a slot.

        A client that can't continue from its cursor is charged for an opening. In most cases the cursor alone
        shows that. If it is valid, but its frames are no longer kept, the client is charged afterwards.
        """
        begins = not self.hub.continues(watch.since)
        if begins:
            self.charge()
        admission, refused = self._admit(watch, wait, begins=begins)
        try:
            resumed = self.hub.resume(watch.scopes, watch.since)
            if resumed.resume != "ok" and not begins:
                self._charge_late(watch, wait)
        except BaseException:
            admission.release()
            raise
        return Opening(scopes=watch.scopes, resumed=resumed, admission=admission, refused=refused)

    def _admit(self, watch: Watch, wait: float | None, *, begins: bool) -> tuple[Admission, str]:
        """Take the slot of a stream (`wait` is None) or of a poll that waits. Other polls need none.

        A poll that gets no slot is answered at once: its admission has none, and the text is the reason.
        """
        if watch.expired:
            raise NotAdmitted("auth_expired")
        if wait == 0:
            return Admission(watch.client, None), ""
        try:
            return self.slots.admit(watch.client, opening=begins and wait is None), ""
        except NotAdmitted as error:
            if wait is None:
                raise
            return Admission(watch.client, None), error.why

    def _charge_late(self, watch: Watch, wait: float | None) -> None:
        self.charge()
        if wait is None:
            self.slots.count_opening(watch.client)

    # Parts of `authorize`

    def _scope_names(self, parameter: str) -> list[str]:
        names = parameter.split(",") if parameter else [self.default_board]
        if len(dict.fromkeys(names)) > MAX_SCOPES:
            raise ValidationFailed(FieldError("boards", f"may name {MAX_SCOPES} boards at most"))
        return names

    def _client(self, request: StreamRequest) -> tuple[StreamClient, bool]:
        """The client that the ticket identifies, and True if it must first get a new ticket."""
        if not request.query.ticket:
            return StreamClient(address=request.address), False
        ticket, is_usable = self.tickets.open(request.query.ticket)
        self.revocations.check_suspended(ticket.player)
        ended = self.revocations.of_session(ticket.session)
        if ended is not None and ended.why != "replaced":
            raise session_over()
        changed = ended is not None or self.revocations.has_changed(ticket.player, ticket.issued_at)
        client = StreamClient(
            address=request.address,
            player=ticket.player,
            session=ticket.session,
            private=ticket.private and not changed,
            until=ticket.lasts_until,
        )
        return client, changed or not is_usable

    def _with_rights(
        self, client: StreamClient, scope_names: Sequence[str], privileged_caller: PrivilegedCaller
    ) -> StreamClient:
        """The client, with the rights to watch all of these stream scopes.

        Raises NotFound if it may not watch one of them, as if its board did not exist.
        """
        hidden = None if client.private else self.scopes.first_hidden(scope_names)
        if hidden is None:
            return client
        caller = privileged_caller()
        if caller is None:
            raise no_board(hidden)
        return _privileged(client, caller)

    def _rooms(self, scope_names: Sequence[str], request: StreamRequest) -> tuple[str, ...]:
        assign, region = self.rooms.assign, request.query.region
        scopes = tuple(dict.fromkeys(assign(name, region, near=request.near) for name in scope_names))
        for scope in scopes:
            self.scopes.board(scope)  # raises NotFound if there is no such board or region
        return scopes


def _privileged(client: StreamClient, caller: ServerKey | Player) -> StreamClient:
    """The client with the caller's right to watch private boards, until the caller's credential ends."""
    if isinstance(caller, ServerKey):
        return structs.replace(client, private=True, session=caller.id)
    return structs.replace(
        client, private=True, player=caller.id, session=caller.session, until=caller.expires_at
    )
