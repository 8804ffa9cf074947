"""Builds the stream: the publisher, the hub and the open streams of a process."""

from __future__ import annotations

from dataclasses import dataclass

from scoreboard.accounts.build import AccountsParts
from scoreboard.base import Base
from scoreboard.boards.service import Boards
from scoreboard.core.background import Task
from scoreboard.keyring.service import KeyRing
from scoreboard.stream.http.tickets import Tickets
from scoreboard.stream.publishing.edge import Edge
from scoreboard.stream.publishing.publisher import Publisher
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.admission import Places
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.personal import Personal
from scoreboard.stream.serving.rooms import RoomManager
from scoreboard.stream.serving.viewers import Viewers


@dataclass(frozen=True, kw_only=True)
class StreamParts:
    """What routes and commands work with."""

    scopes: Scopes
    hub: Hub
    viewers: Viewers
    rooms: RoomManager
    personal: Personal
    edge: Edge | None
    tickets: Tickets
    publisher: Publisher

    @property
    def tasks(self) -> list[Task]:
        """The background work, in the order in which it is stopped."""
        edge = [self.edge.loop] if self.edge else []
        streams = (self.personal.loop, self.rooms.loop, self.hub.loop, self.viewers.loop)
        return [self.publisher.loop, *streams, *edge]


def build(base: Base, *, boards: Boards, accounts: AccountsParts, ring: KeyRing) -> StreamParts:
    """The stream of one process."""
    settings = base.settings
    scopes = Scopes(boards=boards, clock=base.clock)
    hub = Hub(store=StreamStore(base.patient_redis), scopes=scopes, metrics=base.metrics)
    viewers = _viewers(base, hub)
    revocations = accounts.sessions.revocations
    rooms = RoomManager(
        viewers=viewers,
        hub=hub,
        scopes=scopes,
        store=StreamStore(base.patient_redis),
        clock=base.clock,
        metrics=base.metrics,
        processes=settings.web_concurrency,
        on_kick=revocations.loop.wake,
    )
    revocations.subscribe(rooms.revoked, rooms.let_others_notice)
    edge = None
    if settings.stream_edge_url:
        edge = Edge(url=settings.stream_edge_url.rstrip("/"), key=settings.stream_edge_key)
    return StreamParts(
        scopes=scopes,
        hub=hub,
        viewers=viewers,
        rooms=rooms,
        edge=edge,
        personal=Personal(viewers=viewers, hub=hub, scopes=scopes),
        tickets=Tickets(ring=ring, clock=base.clock),
        publisher=Publisher(
            store=StreamStore(base.patient_redis),
            scopes=scopes,
            clock=base.clock,
            metrics=base.metrics,
            tick_seconds=settings.stream_tick_ms / 1000,
            spread=rooms.slowest,
            sinks=[edge] if edge else [],
        ),
    )


def _viewers(base: Base, hub: Hub) -> Viewers:
    settings = base.settings
    return Viewers(
        hub=hub,
        places=Places(
            most=settings.stream_places,
            most_per_address=settings.stream_max_per_address,
            most_per_player=settings.stream_max_per_player,
            free=settings.free_networks,
        ),
        clock=base.clock,
        counts=StreamCounts(base.metrics),
        heartbeat_seconds=settings.stream_heartbeat_seconds,
        max_age_seconds=settings.stream_max_age_seconds,
    )
