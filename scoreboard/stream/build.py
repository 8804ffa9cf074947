"""Builds the stream: the publisher, the hub and the open streams of a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from scoreboard.accounts.build import AccountsParts
from scoreboard.base import Base
from scoreboard.boards.service import Boards
from scoreboard.core.background import Task
from scoreboard.core.limits.rules import count
from scoreboard.keyring.service import KeyRing
from scoreboard.stream.http.polling import Polling
from scoreboard.stream.http.service import StreamService
from scoreboard.stream.http.tickets import Tickets
from scoreboard.stream.publishing.edge import Edge
from scoreboard.stream.publishing.publisher import Publisher
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.admission import Slots
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.draining import Drain
from scoreboard.stream.serving.fanout import Fanout
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.personal import Personal
from scoreboard.stream.serving.rooms import RoomManager
from scoreboard.stream.serving.serving import Serving
from scoreboard.stream.serving.signals import Signals
from scoreboard.stream.serving.sweeping import Sweeper
from scoreboard.stream.serving.viewers import Viewers


@dataclass(frozen=True, kw_only=True)
class StreamParts:
    """The parts of the stream that routes and commands use."""

    service: StreamService
    polling: Polling
    scopes: Scopes
    hub: Hub
    slots: Slots
    viewers: Viewers
    serving: Serving
    drain: Drain
    rooms: RoomManager
    signals: Signals
    personal: Personal
    edge: Edge | None
    tickets: Tickets
    publisher: Publisher

    @property
    def tasks(self) -> list[Task]:
        """The background work, in the order in which it is stopped."""
        edge = [self.edge.loop] if self.edge else []
        streams = (self.personal.loop, self.rooms.loop, self.hub.loop, self.serving.loop)
        return [self.publisher.loop, *streams, *edge]


def build(base: Base, *, boards: Boards, accounts: AccountsParts, ring: KeyRing) -> StreamParts:
    """Build the stream of one process."""
    settings, store = base.settings, partial(StreamStore, base.patient_redis)
    revocations = accounts.sessions.revocations
    scopes = Scopes(boards=boards, clock=base.clock)
    hub = Hub(store=store(), scopes=scopes, metrics=base.metrics)
    slots, counts = _slots(base), StreamCounts(base.metrics)
    serving = _serving(base, hub, counts)
    rooms = RoomManager(
        viewers=serving.viewers,
        hub=hub,
        fanout=serving.fanout,
        slots=slots,
        scopes=scopes,
        store=store(),
        clock=base.clock,
        metrics=base.metrics,
        processes=settings.web_concurrency,
    )
    signals = Signals(
        hub=hub,
        viewers=serving.viewers,
        fanout=serving.fanout,
        store=store(),
        clock=base.clock,
        on_kick=revocations.loop.wake,
        on_forbid=rooms.try_end_forbidden,
    )
    revocations.subscribe(signals.end_revoked, rooms.wait_for_others)
    edge = None
    if settings.stream_edge_url:
        edge = Edge(url=settings.stream_edge_url.rstrip("/"), key=settings.stream_edge_key)
    personal = Personal(viewers=serving.viewers, hub=hub, scopes=scopes)
    tickets = Tickets(ring=ring, clock=base.clock)
    service = StreamService(
        hub=hub,
        serving=serving,
        slots=slots,
        counts=counts,
        scopes=scopes,
        rooms=rooms,
        tickets=tickets,
        revocations=revocations,
        edge=edge,
        default_board=settings.default_board,
        region_header=settings.stream_region_header,
        origins=settings.stream_origins,
        charge=partial(count, "stream"),
    )
    publisher = Publisher(
        store=store(),
        scopes=scopes,
        clock=base.clock,
        metrics=base.metrics,
        tick_seconds=settings.stream_tick_ms / 1000,
        slowest_fanout=rooms.slowest_fanout,
        sinks=[edge] if edge else [],
    )
    return StreamParts(
        service=service,
        polling=Polling(service=service, hub=hub, personal=personal, signals=signals),
        scopes=scopes,
        hub=hub,
        slots=slots,
        viewers=serving.viewers,
        serving=serving,
        drain=Drain(hub=hub, viewers=serving.viewers, slots=slots),
        rooms=rooms,
        signals=signals,
        personal=personal,
        edge=edge,
        tickets=tickets,
        publisher=publisher,
    )


def _slots(base: Base) -> Slots:
    settings = base.settings
    return Slots(
        most=settings.stream_places,
        most_per_address=settings.stream_max_per_address,
        most_per_player=settings.stream_max_per_player,
        free=settings.free_networks,
    )


def _serving(base: Base, hub: Hub, counts: StreamCounts) -> Serving:
    viewers = Viewers(counts=counts)
    fanout = Fanout(hub=hub, viewers=viewers, counts=counts)
    sweeper = Sweeper(
        hub=hub,
        viewers=viewers,
        fanout=fanout,
        clock=base.clock,
        heartbeat_seconds=base.settings.stream_heartbeat_seconds,
        max_age_seconds=base.settings.stream_max_age_seconds,
    )
    return Serving(hub=hub, viewers=viewers, fanout=fanout, sweeper=sweeper, counts=counts)
