"""Signals to all web processes: end streams, or deliver a private frame to one player."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scoreboard.accounts.types import Revocation
from scoreboard.core.clock import Clock, rfc3339
from scoreboard.core.storage.redis import RedisError
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Cursor, Encoded, Kick, Signal, Tell
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.fanout import Fanout
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewers import Viewers

MAX_RECENT = 1000  # private frames that are kept for the next polls
RECENT_SECONDS = 60.0  # for which these are kept


class RecentTell(NamedTuple):
    """A private frame that was delivered a moment ago, and is kept for polls."""

    id: Cursor
    at: float  # monotonic seconds
    player: str
    frame: Encoded


@dataclass(kw_only=True)
class Signals:
    """Sends signals to all web processes, and carries out those that it receives.

    A signal reaches only streams that are open at that moment.
    """

    hub: Hub
    viewers: Viewers
    fanout: Fanout
    store: StreamStore
    clock: Clock
    on_kick: Callable[[], None] = lambda: None  # called after another process ended streams
    on_forbid: Callable[[], None] = lambda: None  # called when a board may be private or deleted now
    _recent: deque[RecentTell] = field(default_factory=lambda: deque(maxlen=MAX_RECENT))
    # Signals of this process that are delivered already, and that the hub has not read from Redis yet.
    _delivered_ids: set[Cursor] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.hub.signal_listeners.append(self.receive)

    def kick(self, *kicks: Kick) -> None:
        """End streams: those of this process at once, those of all others within a second.

        If Redis is away, the other processes find the revocation in the database.
        """
        for kick in kicks:
            self._end(kick)
        with suppress(RedisError, OSError):
            for kick in kicks:
                self.store.signal(kick)

    def tell(self, player: str, kind: str, data: Mapping[str, Any]) -> None:
        """Send a private frame to all open streams of a player, at most once to each.

        If Redis is away, only the streams of this process get it.
        """
        frame = frames.encode(frames.tell(kind, at=rfc3339(self.clock()), data=data))
        id = None
        with suppress(RedisError, OSError):
            id = self.store.signal(Tell(player=player, frame=frame.line))
        # Deliver it to the streams of this process now. Through Redis, a kick that follows would overtake it.
        if id is None or id > self.hub.signals_read:
            if id is not None:
                self._delivered_ids.add(id)
            self._deliver(player, frame)

    def end_revoked(self, revocations: Mapping[str, Revocation]) -> None:
        """End the streams of sessions that ended, and of players whose rights changed.

        If a session was replaced or rights changed, the client may reconnect with a new ticket.
        """
        self.kick(*(_kick(id, one) for id, one in revocations.items()))

    def forbid(self, board: str) -> None:
        """End the streams that may no longer show a board, which is private or deleted now."""
        self.on_forbid()
        with suppress(RedisError, OSError):
            self.store.signal(Kick(board=board))

    def receive(self, id: Cursor, signal: Signal) -> None:
        """Carry out a signal that the hub read from Redis."""
        if isinstance(signal, Tell):
            self._receive_tell(id, signal)
        elif signal.board:
            self.on_forbid()
        else:
            self._end(signal)
            # Most kicks follow a revocation: read it now, not only at the next interval.
            self.on_kick()

    def recent_frames(self, player: str, after: Cursor) -> list[Encoded]:
        """The private frames of a player that came after this cursor, for a poll."""
        oldest = self.viewers.monotonic() - RECENT_SECONDS
        return [
            one.frame for one in self._recent if one.player == player and one.id > after and one.at >= oldest
        ]

    def _receive_tell(self, id: Cursor, tell: Tell) -> None:
        frame = frames.encode(frames.decode(tell.frame), tell.frame)
        self._recent.append(RecentTell(id, self.viewers.monotonic(), tell.player, frame))
        if id not in self._delivered_ids:
            self._deliver(tell.player, frame)
        self._delivered_ids = {one for one in self._delivered_ids if one > id}

    def _deliver(self, player: str, frame: Encoded) -> None:
        for viewer in self.viewers.of_player(player):
            self.fanout.tell(viewer, frame)

    def _end(self, kick: Kick) -> None:
        chosen = [
            viewer
            for viewer in self.viewers.all()
            if (kick.player and viewer.client.player == kick.player)
            or (kick.session and viewer.client.session == kick.session)
            or kick.scope in viewer.audience.scopes
        ]
        self.viewers.end_all(chosen, kick.why)


def _kick(id: str, one: Revocation) -> Kick:
    why = "auth_expired" if one.why in ("replaced", "changed") else "kicked"
    if one.why in ("changed", "suspended"):
        return Kick(player=id, why=why)
    return Kick(session=id, why=why)
