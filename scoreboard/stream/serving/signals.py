"""Signals: end streams, or tell one player something, in all web processes."""

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

RECENT = 1000  # private frames that polls may still ask for
RECENT_SECONDS = 60.0


class RecentTell(NamedTuple):
    """A private frame that was told a moment ago."""

    id: Cursor
    at: float  # monotonic seconds
    player: str
    frame: Encoded


@dataclass(kw_only=True)
class Signals:
    """Sends signals to all processes, and carries out those that come.

    Signals are live: a stream that is not open when one comes never learns of it.
    """

    hub: Hub
    viewers: Viewers
    fanout: Fanout
    store: StreamStore
    clock: Clock
    on_kick: Callable[[], None] = lambda: None  # another process ended streams
    on_forbid: Callable[[], None] = lambda: None  # a board may have gone private, or was deleted
    _recent: deque[RecentTell] = field(default_factory=lambda: deque(maxlen=RECENT))
    _delivered: set[Cursor] = field(default_factory=set)  # own signals that the hub has not read yet

    def __post_init__(self) -> None:
        self.hub.signal_listeners.append(self.receive)

    def kick(self, *kicks: Kick) -> None:
        """End streams, here at once and in all other processes within a second.

        If Redis is away, the others learn of it by what they read from the database.
        """
        for kick in kicks:
            self._end(kick)
        with suppress(RedisError, OSError):
            for kick in kicks:
                self.store.signal(kick)

    def tell(self, player: str, kind: str, data: Mapping[str, Any]) -> None:
        """Send a private frame to all open streams that the player's tickets opened, at most once to each.

        If Redis is away, only the streams of this process get it.
        """
        frame = frames.encode(frames.tell(kind, at=rfc3339(self.clock()), data=data))
        id = None
        with suppress(RedisError, OSError):
            id = self.store.signal(Tell(player=player, frame=frame.line))
        # Its own streams do not wait for the way through Redis: a kick that follows would overtake it.
        if id is None or id > self.hub.signals_read:
            if id is not None:
                self._delivered.add(id)
            self._deliver(player, frame)

    def revoked(self, found: Mapping[str, Revocation]) -> None:
        """Sessions ended, or rights of players changed: end their streams.

        If a session was replaced or rights changed, the client may come back with a new ticket.
        """
        self.kick(*(_kick(id, one) for id, one in found.items()))

    def forbid(self, board: str) -> None:
        """A board went private or was deleted: end the streams that may no longer show it, here at once."""
        self.on_forbid()
        with suppress(RedisError, OSError):
            self.store.signal(Kick(board=board))

    def receive(self, id: Cursor, signal: Signal) -> None:
        """Carry out a signal that was read from Redis."""
        if isinstance(signal, Tell):
            self._receive_tell(id, signal)
        elif signal.board:
            self.on_forbid()
        else:
            self._end(signal)
            # Most kicks follow a revocation: look for it now rather than at the next interval.
            self.on_kick()

    def told(self, player: str, after: Cursor) -> list[Encoded]:
        """The private frames of a player that came after a signal, for a poll."""
        oldest = self.viewers.monotonic() - RECENT_SECONDS
        return [
            one.frame for one in self._recent if one.player == player and one.id > after and one.at >= oldest
        ]

    def _receive_tell(self, id: Cursor, tell: Tell) -> None:
        frame = frames.encode(frames.decode(tell.frame), tell.frame)
        self._recent.append(RecentTell(id, self.viewers.monotonic(), tell.player, frame))
        if id not in self._delivered:
            self._deliver(tell.player, frame)
        self._delivered = {one for one in self._delivered if one > id}

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
