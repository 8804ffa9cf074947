"""The publisher: the process of a deployment that turns changed boards into frames."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import structs

from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock
from scoreboard.core.errors import NotFound
from scoreboard.core.metrics import Counter, Counts, Metrics
from scoreboard.core.storage.outages import OUTAGES
from scoreboard.core.storage.redis import RedisError
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Cursor, Encoded, PublishedBoard
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore

log = logging.getLogger(__name__)

FRAMES_PUBLISHED = Counter("stream_frames_published", "Frames published")
LEASE_CHANGES = Counter("stream_lease_changes", "Times that this process began to publish")

RENEW_SECONDS = 1.0  # between two renewals of the lease
SCAN_SECONDS = 5.0  # between two checks of all boards, for changes that were not announced
REST_SECONDS = 0.5  # after a failure
LONGEST_TICK_SECONDS = 2.0
FANOUT_SHARE = 0.6  # of a tick; the rest is for requests, and for frames of other boards
# While a board waits for its tick, changes of other boards are read this often, so that they need not wait.
LOOK_SECONDS = 0.05
AT_ONCE = 20  # boards that are published before changes are read again: a scan of hundreds takes a while


def next_tick(tick: float, least: float, fanout: float) -> float:
    """The next tick: seconds between two frames of a board, after a fan-out that took `fanout` seconds.

    Fan-out may take FANOUT_SHARE of a tick. If it takes longer, the tick grows as far as needed, though not
    at once, because one fan-out may be slow by chance. Later it shrinks back gradually.
    """
    needed = min(LONGEST_TICK_SECONDS, fanout / FANOUT_SHARE)
    return max(least, min(1.25 * max(tick, least), max(needed, tick / 1.25)))


class Sink(Protocol):
    """Receives the frames of public boards after they are in the stream, as the edge does."""

    def publish(self, scope: str, previous: Cursor, id: Cursor, frame: Encoded) -> None:
        """Take the frame `id` of a stream scope, which follows the frame `previous`. Must not wait."""


@dataclass(kw_only=True)
class Publisher:
    """Publishes frames while it holds the lease.

    A frame is the difference of two states. So nothing is lost when another process takes over: its first
    frame contains all changes since the last frame.
    """

    store: StreamStore
    scopes: Scopes
    clock: Clock
    metrics: Metrics
    tick_seconds: float  # the shortest time between two frames of a board
    slowest_fanout: Callable[[], float] = lambda: 0.0  # seconds, of the slowest process
    sinks: Sequence[Sink] = ()
    monotonic: Callable[[], float] = time.monotonic
    token: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(8)}")
    _leading: bool = False
    _tick: float = 0.0
    _head: Cursor = Cursor(0, 0)
    _boards: dict[str, PublishedBoard] = field(default_factory=dict)
    _pending: dict[str, None] = field(default_factory=dict)
    _read_at: dict[str, float] = field(default_factory=dict)  # of the last read that found a change
    _renewed_at: float = float("-inf")
    _scanned_at: float = float("-inf")
    _frames_published: Counts[()] = field(init=False)
    _lease_changes: Counts[()] = field(init=False)
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self._frames_published = self.metrics.bind(FRAMES_PUBLISHED)
        self._lease_changes = self.metrics.bind(LEASE_CHANGES)
        self.loop = Loop(
            "publishing",
            self.turn,
            expected=OUTAGES,
            rest_seconds=REST_SECONDS,
            on_outage=lambda error: log.warning("publishing paused", extra={"reason": str(error)}),
            on_failure=self._pause,
            on_stop=self._release_lease,
        )

    def turn(self) -> float:
        """Publish the boards that are due, if this process holds the lease. Returns seconds to wait."""
        if not self._keep_lease():
            return RENEW_SECONDS
        now = self.monotonic()
        if now - self._scanned_at > SCAN_SECONDS:
            self._scanned_at = now
            self._pending.update(dict.fromkeys(self.scopes.all()))
        self._put_first(self.store.take_dirty())
        self._tick = next_tick(self._tick, self.tick_seconds, self.slowest_fanout())
        due = [scope for scope in self._pending if self._due(scope) <= now]
        for scope in due[:AT_ONCE]:
            if not self._keep_lease():
                return 0
            del self._pending[scope]
            if not self._publish(scope):
                return 0
        if self._pending:
            rest = min(map(self._due, self._pending)) - self.monotonic()
            return max(0.0, min(LOOK_SECONDS, rest))
        self.store.wait_dirty(RENEW_SECONDS)
        return 0

    def _pause(self, _error: Exception) -> None:
        self._leading = False

    def _release_lease(self) -> None:
        with suppress(RedisError, OSError):  # a lease that can't be released expires
            if self._leading:
                self.store.release_lease(self.token)

    def _put_first(self, windows: Iterable[str]) -> None:
        """Put changed boards before those that are only scanned."""
        changed = [scope for window in windows for scope in self.scopes.showing(*window.split("/"))]
        self._pending = dict.fromkeys(changed) | self._pending

    def _due(self, scope: str) -> float:
        return self._read_at.get(scope, float("-inf")) + self._tick

    def _keep_lease(self) -> bool:
        now = self.monotonic()
        if self._leading and now - self._renewed_at < RENEW_SECONDS:
            return True
        if self.loop.stopping:
            return False  # the lease was released; taken again, it would not be released a second time
        has_lease = self.store.take_lease(self.token)
        if has_lease and not (self._leading and self._head_is_ours()):
            self._take_over()
        self._leading, self._renewed_at = has_lease, now
        return has_lease

    def _head_is_ours(self) -> bool:
        head = self.store.head()
        return head is not None and head[0] == self._head and self.store.is_complete()

    def _take_over(self) -> None:
        head, server = self.store.head(), self.store.server()
        if head is None or head[1] != server or not self.store.is_complete():
            # Redis is empty, lost data or was restarted: its state may be older than the viewers'.
            epoch = max(self.clock(), head[0].epoch + 1 if head else 0)
            self.store.begin_epoch(self.token, epoch, server)
            self._head, self._boards = Cursor(epoch, 0), {}
        else:
            self._head, self._boards = head[0], self.store.boards()
        self._scanned_at = float("-inf")
        self._lease_changes.inc()
        log.info("publishing", extra={"cursor": str(self._head)})

    def _publish(self, scope: str) -> bool:
        old = self._boards.get(scope)
        try:
            new = self.scopes.read(scope, s=self._head.seq + 1)
        except NotFound:
            return True
        if old is not None and old.layout == new.layout and old.stamp == new.stamp:
            return True
        # Also if no viewer will see the change: a busy board is read once a tick, not after each batch.
        self._read_at[scope] = self.monotonic()
        if old is not None and _same(old, new):
            self._boards[scope] = structs.replace(new, s=old.s)
            return True
        id = Cursor(self._head.epoch, self._head.seq + 1)
        if old is None or old.layout != new.layout:
            frame = frames.snapshot(new, id=id, why="reset")
            frame["p"] = old.s if old else 0
        else:
            frame = frames.delta(old, new, id=id)
        line = frames.text(frame)
        if not self.store.commit(self.token, self._head, line, new):
            self._leading = False
            return False
        self._head, self._boards[scope] = id, new
        self._frames_published.inc()
        if self.sinks and self.scopes.is_public(scope):
            encoded = frames.encode(frame, line)
            for sink in self.sinks:
                sink.publish(scope, Cursor(id.epoch, frame["p"]), id, encoded)
        return True


def _same(old: PublishedBoard, new: PublishedBoard) -> bool:
    """True if viewers would see no change."""
    return (old.layout, old.total, old.top) == (new.layout, new.total, new.top)
