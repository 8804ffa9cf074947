"""Rooms: the numbers of viewers of each stream scope, by process, and their balance over processes."""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Struct, to_builtins
from prometheus_client.metrics_core import Metric

from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock, rfc3339
from scoreboard.core.concurrency.deadline import seconds_left
from scoreboard.core.errors import NotFound
from scoreboard.core.metrics import Counted, Metrics, gauge
from scoreboard.core.storage.outages import OUTAGES
from scoreboard.core.storage.redis import RedisError
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.stream.protocol import closing, frames
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.admission import Slots
from scoreboard.stream.serving.fanout import Fanout
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewers import Viewers

log = logging.getLogger(__name__)

REPORT_SECONDS = 2.0
NEW = "new"
SLICE = 500  # viewers of a slice in reports
FORGOTTEN_SECONDS = 10.0  # a process without a report for so long is gone
NOTICE_SECONDS = 5.0  # between two viewer counts
NOTICED_CHANGE = 0.01  # of a viewer count
SIGNALLED_SECONDS = (
    0.3  # a kick arrives within milliseconds; without Redis all processes look four times a second
)
CROWDED, EVEN, FEW = 1.3, 1.1, 50  # times the mean; viewers below which a process keeps all of them
SENT_A_SECOND = 0.01  # of the viewers of a crowded process


class RoomReport(Struct, frozen=True, kw_only=True):
    """A room as one process serves it."""

    viewers: int
    slices: list[int] = msgspec.field(name="shards")
    s: int  # the number of the last frame
    carriers: dict[str, int] = {}  # viewers of each


class Report(Struct, frozen=True, kw_only=True):
    """The report of one process to the others: its streams and counters. Other releases read it too."""

    at: int  # milliseconds since 1970
    viewers: int
    fanout_seconds: float = msgspec.field(name="spread_seconds")
    rooms: dict[str, RoomReport]
    counted: list[Counted] = []
    lag: int = 0  # frames that were published and have not come yet

    def as_json(self, process: str) -> dict[str, Any]:
        """The report as the API answers it."""
        rooms = [{"room": scope, **to_builtins(room)} for scope, room in sorted(self.rooms.items())]
        return {"process": process, "at": rfc3339(self.at), "viewers": self.viewers, "rooms": rooms}


def surplus(mine: int, all_counts: Sequence[int], *, leaving: bool) -> int:
    """The number of viewers that a process should send away: it starts above CROWDED and stops below EVEN."""
    mean = sum(all_counts) / len(all_counts) if all_counts else 0
    if len(all_counts) < 2 or mine <= FEW or mine <= (EVEN if leaving else CROWDED) * mean:
        return 0
    return round(mine - EVEN * mean)


def slices(viewers: int) -> list[int]:
    """The numbers of viewers of a room's slices, which are written to one after another."""
    return [min(SLICE, viewers - start) for start in range(0, viewers, SLICE)]


@dataclass(kw_only=True)
class RoomManager:
    """Assigns viewers to rooms, exchanges reports with the other processes, and balances viewers."""

    viewers: Viewers
    hub: Hub
    fanout: Fanout
    slots: Slots
    scopes: Scopes
    store: StreamStore
    clock: Clock
    metrics: Metrics
    processes: int = 1  # that are started together; others appear by their reports
    pause: Callable[[float], None] = time.sleep
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    process: str = NEW  # its number, once Redis has given it one
    reports: dict[str, Report] = field(default_factory=dict)
    _leaving: bool = False  # viewers are being sent away
    _lag: int = 0
    _noticed_counts: dict[str, int] = field(default_factory=dict)
    _noticed_at: float = float("-inf")  # monotonic seconds
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = Loop(
            "managing rooms",
            self.turn,
            expected=OUTAGES,
            rest_seconds=REPORT_SECONDS,
            on_outage=self._forget_reports,
            on_stop=self._leave,
        )

    def assign(self, scope: str, region: str = "", *, profile: str = "", near: str = "") -> str:
        """The room of a viewer: its requested region, otherwise its profile's, otherwise the near one.

        `region` is a region, "auto" for the other two, or "" for none. No region is invented.
        Raises NotFound if the board does not have the requested region.
        """
        if region != "auto":
            return self.scopes.in_region(scope, region, demanded=True)
        for guess in (profile, near):
            regional = self.scopes.in_region(scope, guess, demanded=False)
            if regional != scope:
                return regional
        return scope

    def slowest_fanout(self) -> float:
        """The seconds that the slowest process took to write a frame to all its viewers."""
        seconds = (report.fanout_seconds for report in self.reports.values())
        return max(self.fanout.seconds, *seconds, 0.0)

    def turn(self) -> float:
        """Exchange reports, send viewer counts, and balance. Returns seconds to wait. Raises OUTAGES."""
        self.end_forbidden()
        self.exchange()
        self.notice()
        self.balance()
        return REPORT_SECONDS

    def _forget_reports(self, _error: Exception) -> None:
        self.reports = {}  # the hub logs that Redis is away

    def _leave(self) -> None:
        """Let the next process have the number."""
        with suppress(RedisError, OSError):
            self.store.leave(self.token, self.process)

    def wait_for_others(self) -> None:
        """If there are other processes, wait until they have acted on a signal.

        After that, all of them refuse a session that was ended.
        """
        if self.processes > 1 or len(self.reports) > 1:
            self.pause(seconds_left(SIGNALLED_SECONDS))

    def exchange(self) -> None:
        """Send the report of this process, and read the reports of the others."""
        now, head = self.clock(), self.store.head()
        same = head is not None and head[0].epoch == self.hub.head.epoch
        self._lag = max(0, head[0].seq - self.hub.head.seq) if head and same else 0
        silent_since = now - int(1000 * FORGOTTEN_SECONDS)
        self.process = self.store.number(self.token, self.process, now=now, silent_since=silent_since)
        self.store.report(self.process, msgspec.json.encode(self.report()).decode())
        reports = {
            process: msgspec.json.decode(text, type=Report) for process, text in self.store.reports().items()
        }
        ended = [one for one, report in reports.items() if now - report.at > 1000 * FORGOTTEN_SECONDS]
        if ended:
            self.store.forget(*ended)
        self.reports = {one: report for one, report in reports.items() if one not in ended}

    def report(self) -> Report:
        """The report of this process now."""
        rooms = {}
        for scope, audiences in self.viewers.watching().items():
            carriers = Counter[str]()
            for audience in audiences:
                carriers[audience.carrier.name] += len(audience.viewers)
            rooms[scope] = RoomReport(
                viewers=carriers.total(),
                slices=slices(carriers.total()),
                s=self.hub.position(scope),
                carriers=dict(carriers),
            )
        return Report(
            at=self.clock(),
            viewers=len(self.viewers.all()),
            fanout_seconds=self.fanout.seconds,
            rooms=rooms,
            counted=self.metrics.values(),
            lag=self._lag,
        )

    def families(self) -> Iterator[Metric]:
        """The counters of all processes, and the numbers of their open streams."""
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
        """The last report of every other process, and a new one of this process."""
        return self.reports | {self.process: self.report()}

    def notice(self) -> None:
        """Send viewer counts to viewers that are new, or whose count changed, but not too often."""
        now, before = self.viewers.monotonic(), self._noticed_at
        if now - before < NOTICE_SECONDS:
            return
        self._noticed_at = now
        for scope, watchers in self.viewers.watchers().items():
            count = sum(
                report.rooms[scope].viewers for report in self.reports.values() if scope in report.rooms
            )
            changed = abs(count - self._noticed_counts.get(scope, 0)) >= max(1, NOTICED_CHANGE * count)
            if changed:
                self._noticed_counts[scope] = count
            receivers = [viewer for viewer in watchers if changed or viewer.opened_at > before]
            if receivers:
                self.viewers.send_all(receivers, frames.encode(frames.notice(scope, count)))

    def balance(self) -> None:
        """Send some viewers of a crowded process away: when they come back, any process takes them."""
        viewers, counts = self.viewers.all(), [report.viewers for report in self.reports.values()]
        leaving = surplus(len(viewers), counts, leaving=self._leaving)
        self._leaving = leaving > 0
        if not leaving or self.slots.closed:
            return
        most = max(1, int(len(viewers) * SENT_A_SECOND * REPORT_SECONDS))
        for viewer in random.sample(viewers, min(leaving, most)):
            self.viewers.end(viewer, closing.frame("rebalance"))

    def try_end_forbidden(self) -> None:
        """End the streams that may no longer show their board. If the database is away, a later turn does."""
        with suppress(DatabaseUnavailable):
            self.end_forbidden()

    def end_forbidden(self) -> None:
        """End the streams of deleted boards, and of private ones those that may not show them.

        Raises DatabaseUnavailable.
        """
        existing = set(self.scopes.all())
        for scope, watchers in self.viewers.watchers().items():
            if scope not in existing:
                self.viewers.end_all(watchers, "board_gone")
            elif not self._is_public(scope):
                # For anonymous viewers a board that became private does not exist.
                strangers = [viewer for viewer in watchers if not viewer.client.private]
                self.viewers.end_all(strangers, "board_gone")

    def _is_public(self, scope: str) -> bool:
        try:
            return self.scopes.is_public(scope)
        except NotFound:
            return True  # deleted just now: the next turn ends its streams
