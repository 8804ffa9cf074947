"""Rooms: who watches what, in which process; how viewers are spread, and told how many they are."""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Struct, to_builtins
from prometheus_client.metrics_core import Metric

from scoreboard.accounts.types import Revocation
from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock, rfc3339
from scoreboard.core.concurrency.deadline import left
from scoreboard.core.errors import NotFound
from scoreboard.core.metrics import Counted, Metrics, gauge
from scoreboard.core.storage.outages import OUTAGES
from scoreboard.core.storage.redis import RedisError
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.stream.protocol import closing, frames
from scoreboard.stream.protocol.types import Kick
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewers import SLICE, Viewers

log = logging.getLogger(__name__)

REPORT_SECONDS = 2.0
NEW = "new"
FORGOTTEN_SECONDS = 10.0  # a process that reported nothing for so long is gone
NOTICE_SECONDS = 5.0
NOTICED_SECONDS = 0.3  # a kick arrives within milliseconds, and without one all look four times a second
NOTICED_CHANGE = 0.01
CROWDED, EVEN, FEW = 1.3, 1.1, 50  # times the mean; viewers of whom a process never gets rid
SENT_A_SECOND = 0.01  # of a crowded process's viewers


class RoomReport(Struct, frozen=True, kw_only=True):
    """A room as one process serves it."""

    viewers: int
    shards: list[int]
    s: int  # the number of the last frame
    carriers: dict[str, int] = {}  # viewers of each


class Report(Struct, frozen=True, kw_only=True):
    """What one process serves."""

    at: int  # milliseconds since 1970
    viewers: int
    spread_seconds: float
    rooms: dict[str, RoomReport]
    counted: list[Counted] = []
    lag: int = 0  # frames that were published and not taken in yet

    def as_json(self, process: str) -> dict[str, Any]:
        """The report as the API answers it."""
        rooms = [{"room": scope, **to_builtins(room)} for scope, room in sorted(self.rooms.items())]
        return {"process": process, "at": rfc3339(self.at), "viewers": self.viewers, "rooms": rooms}


def surplus(mine: int, all_counts: Sequence[int], *, leaving: bool) -> int:
    """How many viewers a process should do without: it begins where it is crowded, ends where it is even."""
    mean = sum(all_counts) / len(all_counts) if all_counts else 0
    if len(all_counts) < 2 or mine <= FEW or mine <= (EVEN if leaving else CROWDED) * mean:
        return 0
    return round(mine - EVEN * mean)


def shards(viewers: int) -> list[int]:
    """How many viewers each shard of a room has: shards are written one after another."""
    return [min(SLICE, viewers - start) for start in range(0, viewers, SLICE)]


@dataclass(kw_only=True)
class RoomManager:
    """Assigns viewers to rooms, reports them to the other processes, and evens processes out."""

    viewers: Viewers
    hub: Hub
    scopes: Scopes
    store: StreamStore
    clock: Clock
    metrics: Metrics
    processes: int = 1  # that are started together; others are known by their reports
    on_kick: Callable[[], None] = lambda: None
    pause: Callable[[float], None] = time.sleep
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    process: str = NEW  # its number, once Redis has given it one
    reports: dict[str, Report] = field(default_factory=dict)
    _leaving: bool = False
    _lag: int = 0
    _told: dict[str, int] = field(default_factory=dict)
    _noticed: float = float("-inf")  # monotonic seconds
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.hub.kick_listeners.append(self._on_kick)
        self.loop = Loop(
            "looking after rooms",
            self.turn,
            expected=OUTAGES,
            rest_seconds=REPORT_SECONDS,
            failed=self._forget_reports,
            stopped=self._leave,
        )

    def _on_kick(self, kick: Kick) -> None:
        if kick.board:
            with suppress(DatabaseUnavailable):  # each process looks again every two seconds
                self.end_forbidden()
            return
        self.viewers.kick(kick)
        # A kick mostly follows a revocation: other processes need not wait for their next look.
        self.on_kick()

    def assign(self, scope: str, region: str = "", *, profile: str = "", near: str = "") -> str:
        """The room of a viewer: the region that he asks for, else his profile's, else the one he is near.

        `region` is a region, "auto" for the other two, or "" for none. Regions are never made up here.
        Raises NotFound where he asks for one that the board does not have.
        """
        if region != "auto":
            return self.scopes.in_region(scope, region, demanded=True)
        for guess in (profile, near):
            found = self.scopes.in_region(scope, guess, demanded=False)
            if found != scope:
                return found
        return scope

    def slowest(self) -> float:
        """How long the slowest process took to write a frame to all its viewers."""
        known = (report.spread_seconds for report in self.reports.values())
        return max(self.viewers.spread_seconds, *known, 0.0)

    def turn(self) -> float:
        """Report, notice and balance. Returns the seconds until the next turn. Raises OUTAGES."""
        self.end_forbidden()
        self.exchange()
        self.notice()
        self.balance()
        return REPORT_SECONDS

    def _forget_reports(self, error: Exception) -> None:
        if isinstance(error, OUTAGES):
            self.reports = {}  # the hub logs that Redis is away

    def _leave(self) -> None:
        """Let the next process have the number."""
        with suppress(RedisError, OSError):
            self.store.leave(self.token, self.process)

    def kick(self, *kicks: Kick) -> None:
        """Send somebody away, here and in all other processes, within a second.

        Where Redis is away the others learn it by what they read from the database.
        """
        for kick in kicks:
            self.viewers.kick(kick)
        with suppress(RedisError, OSError):
            for kick in kicks:
                self.store.kick(kick)

    def revoked(self, found: Mapping[str, Revocation]) -> None:
        """Sessions ended, or rights of players changed: their streams end.

        Whose session was replaced, or whose rights changed, may come back with a new ticket.
        """
        self.kick(*(_kick(id, one) for id, one in found.items()))

    def forbid(self, board: str) -> None:
        """A board went private or was deleted: end the streams that may no longer show it, here at once."""
        with suppress(DatabaseUnavailable):  # each process looks again every two seconds
            self.end_forbidden()
        with suppress(RedisError, OSError):
            self.store.kick(Kick(board=board))

    def let_others_notice(self) -> None:
        """Wait until other processes have looked for what a kick tells of, where there are any.

        Then a session that was ended is refused wherever its holder calls.
        """
        if self.processes > 1 or len(self.reports) > 1:
            self.pause(left(NOTICED_SECONDS))

    def exchange(self) -> None:
        """Tell what this process serves, and learn what the others do."""
        now, head = self.clock(), self.store.head()
        same = head is not None and head[0].epoch == self.hub.head.epoch
        self._lag = max(0, head[0].seq - self.hub.head.seq) if head and same else 0
        silent_since = now - int(1000 * FORGOTTEN_SECONDS)
        self.process = self.store.number(self.token, self.process, now=now, silent_since=silent_since)
        self.store.report(self.process, msgspec.json.encode(self.report()).decode())
        known = {
            process: msgspec.json.decode(text, type=Report) for process, text in self.store.reports().items()
        }
        gone = [one for one, report in known.items() if now - report.at > 1000 * FORGOTTEN_SECONDS]
        if gone:
            self.store.forget(*gone)
        self.reports = {one: report for one, report in known.items() if one not in gone}

    def report(self) -> Report:
        """What this process serves now."""
        rooms = {}
        for scope, audiences in self.viewers.watching().items():
            carriers = Counter[str]()
            for audience in audiences:
                carriers[audience.carrier.name] += len(audience.viewers)
            rooms[scope] = RoomReport(
                viewers=carriers.total(),
                shards=shards(carriers.total()),
                s=self.hub.position(scope),
                carriers=dict(carriers),
            )
        return Report(
            at=self.clock(),
            viewers=len(self.viewers.all()),
            spread_seconds=self.viewers.spread_seconds,
            rooms=rooms,
            counted=self.metrics.counted(),
            lag=self._lag,
        )

    def families(self) -> Iterator[Metric]:
        """What all processes counted, and how many streams each has open now."""
        current = self.current()
        open_now = [
            ({"process": process, "room": scope, "carrier": carrier}, count)
            for process, report in current.items()
            for scope, room in report.rooms.items()
            for carrier, count in room.carriers.items()
        ]
        lag = [({"process": process}, report.lag) for process, report in current.items()]
        yield from self.metrics.families({process: report.counted for process, report in current.items()})
        yield gauge("stream_open", "Open streams", open_now)
        yield gauge("stream_lag_frames", "Frames not taken in yet", lag)

    def current(self) -> dict[str, Report]:
        """What all processes serve, as far as this one knows; itself as it is just now."""
        return self.reports | {self.process: self.report()}

    def notice(self) -> None:
        """Tell viewers how many watch their boards, where that changed or they are new, and not too often."""
        now, before = self.viewers.monotonic(), self._noticed
        if now - before < NOTICE_SECONDS:
            return
        self._noticed = now
        for scope, watchers in self.viewers.watchers().items():
            count = sum(
                report.rooms[scope].viewers for report in self.reports.values() if scope in report.rooms
            )
            changed = abs(count - self._told.get(scope, 0)) >= max(1, NOTICED_CHANGE * count)
            if changed:
                self._told[scope] = count
            told = [viewer for viewer in watchers if changed or viewer.opened > before]
            if told:
                self.viewers.send_all(told, frames.encoded(frames.notice(scope, count)))

    def balance(self) -> None:
        """Send some viewers of a crowded process away: who comes back is taken by any process."""
        here, counts = self.viewers.all(), [report.viewers for report in self.reports.values()]
        leaving = surplus(len(here), counts, leaving=self._leaving)
        self._leaving = leaving > 0
        if not leaving or self.viewers.draining:
            return
        most = max(1, int(len(here) * SENT_A_SECOND * REPORT_SECONDS))
        for viewer in random.sample(here, min(leaving, most)):
            self.viewers.end(viewer, closing.frame("rebalance"))

    def end_forbidden(self) -> None:
        """End the streams of boards that are gone, and strangers' of private ones.

        Raises DatabaseUnavailable.
        """
        there = set(self.scopes.all())
        for scope, watchers in self.viewers.watchers().items():
            if scope not in there:
                self.viewers.end_all(watchers, "board_gone")
            elif not self._public(scope):
                # To strangers a board that became private is as gone as one that was deleted.
                strangers = [viewer for viewer in watchers if not viewer.who.private]
                self.viewers.end_all(strangers, "board_gone")

    def _public(self, scope: str) -> bool:
        try:
            return self.scopes.public(scope)
        except NotFound:
            return True  # gone just now: the next round sends them away


def _kick(id: str, one: Revocation) -> Kick:
    why = "auth_expired" if one.why in ("replaced", "changed") else "kicked"
    if one.why in ("changed", "suspended"):
        return Kick(player=id, why=why)
    return Kick(session=id, why=why)
