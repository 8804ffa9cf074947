"""The hub: the state of the stream in one process, from whose memory its viewers are served."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from scoreboard.boards.types import Window
from scoreboard.core.background import Loop
from scoreboard.core.metrics import Counter, Counts, Metrics
from scoreboard.core.storage.redis import RedisError
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.published import board_after
from scoreboard.stream.protocol.types import (
    Cursor,
    Encoded,
    Frame,
    Published,
    PublishedBoard,
    Resumed,
    Signal,
    scope_of,
)
from scoreboard.stream.publishing.scopes import Scopes
from scoreboard.stream.publishing.store import StreamStore
from scoreboard.stream.serving.history import FRAMES, FrameHistory

log = logging.getLogger(__name__)

SNAPSHOTS = Counter("stream_snapshots", "Snapshots sent instead of deltas, by reason", "why")
CRC_MISMATCHES = Counter("stream_crc_mismatches", "Frames whose checksum was not that of the list they made")

READ_MS = 2000
REST_SECONDS = 0.5
FIRST_SECONDS = 1.0  # how long a viewer waits for a board that was never published
NOWHERE = Cursor(0, 0)


@dataclass
class Room:
    """One scope as this process knows it."""

    board: PublishedBoard
    history: FrameHistory
    snapshots: dict[str, Encoded] = field(default_factory=dict)  # of this state, by reason

    def snapshot(self, epoch: int, why: str) -> Encoded:
        """The whole state, encoded once for all viewers that need it."""
        # Its id has its own number, not the head's: otherwise a client that loses the connection before
        # another board's frame would seem to have seen that frame.
        if why not in self.snapshots:
            frame = frames.snapshot(self.board, id=Cursor(epoch, self.board.s), why=why)
            self.snapshots[why] = frames.encode(frame)
        return self.snapshots[why]


@dataclass(kw_only=True)
class Hub:
    """Follows the frames of the stream, and keeps the state that viewers are served from."""

    store: StreamStore
    scopes: Scopes
    metrics: Metrics
    monotonic: Callable[[], float] = time.monotonic
    listeners: list[Callable[[], None]] = field(default_factory=list)  # something changed
    signal_listeners: list[Callable[[Cursor, Signal], None]] = field(default_factory=list)
    signals_read: Cursor = NOWHERE  # the newest signal that was read
    degraded: bool = False  # Redis is away
    head: Cursor = NOWHERE
    _rooms: dict[str, Room] = field(default_factory=dict)
    _changed: threading.Event = field(default_factory=threading.Event)
    _listening: bool = False  # whether `signals_read` was asked for
    _cold: bool = True  # the state must be read again before frames can be followed
    _snapshots: Counts[str] = field(init=False)
    _crc_mismatches: Counts[()] = field(init=False)
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self._snapshots = self.metrics.bind(SNAPSHOTS)
        self._crc_mismatches = self.metrics.bind(CRC_MISMATCHES)
        self.loop = Loop(
            "following the stream",
            self.turn,
            expected=(RedisError, OSError),
            rest_seconds=REST_SECONDS,
            on_failure=self._degrade,
            on_stop=self.wake,
        )

    def turn(self) -> float:
        """Wait for frames and signals, and apply them. Returns the seconds until the next turn."""
        return self.warm() if self._cold else self.read()

    def cursor(self, window: Window, stamp: str) -> str:
        """Where to begin streaming after reading a window's state; "0-0" if it is not published.

        A stream from 0-0 begins with a snapshot, so either way nothing is missed.
        """
        room = self._rooms.get(scope_of(window))
        if room is None or room.board.period != window.period:
            return str(NOWHERE)
        published = room.board.stamp.split(".")[1]
        return str(Cursor(self.head.epoch, room.board.s) if published == stamp else NOWHERE)

    def resume(self, scopes: Sequence[str], since: str) -> Resumed:
        """The first frames for a viewer of these scopes that saw everything up to `since` ("": nothing)."""
        self._wait_for_head()
        for scope in scopes:
            if self._is_missing(scope):
                self._open(scope)
        # Nothing below yields: what is replayed and what comes live meet without a gap.
        cursor = Cursor.parse(since)
        why = self._unresumable(since, cursor)
        sent: list[Encoded] = []
        complete = True
        for room in (self._rooms[scope] for scope in scopes):
            mine, reason = self._replay(room, cursor or NOWHERE) if not why else ([], why)
            complete &= not reason
            sent += [self._snapshot(room, reason)] if reason else mine
        resume = "none" if why else "ok" if complete else "partial"
        return Resumed(resume=resume, frames=sorted(sent, key=_number), at=self.head)

    def continues(self, since: str) -> bool:
        """Whether a cursor may be resumed from, as far as it tells itself. Opens no board."""
        self._wait_for_head()
        return not self._unresumable(since, Cursor.parse(since))

    def after(
        self, scopes: Sequence[str], at: Cursor, *, behind: bool = False
    ) -> tuple[list[Encoded], Cursor]:
        """The frames for viewers of these scopes at position `at`, and their new position. Does not yield.

        A viewer that is `behind` gets the replay or a snapshot, whichever is shorter; for the others a
        missing frame means a gap.
        """
        sent: list[Encoded] = []
        for room in (self._rooms[scope] for scope in scopes):
            if at.epoch != self.head.epoch:
                sent.append(self._snapshot(room, "epoch"))
            elif room.board.s > at.seq:
                kept = room.history.after(at.seq)
                if kept is None or (behind and self._is_too_long(room, kept)):
                    kept = [self._snapshot(room, "slow" if behind else "gap")]
                sent += kept
        return sorted(sent, key=_number) if len(sent) > 1 else sent, self.head

    def wake(self) -> None:
        """Have everything served that is new."""
        # Polls that wait hold the old event; later ones wait for the next.
        changed, self._changed = self._changed, threading.Event()
        changed.set()
        for listener in self.listeners:
            listener()

    def position(self, scope: str) -> int:
        """The number of a scope's last frame."""
        room = self._rooms.get(scope)
        return room.board.s if room else 0

    @property
    def changed(self) -> threading.Event:
        """Set with the next frame or signal. Take it before asking for frames."""
        return self._changed

    def heartbeat(self, scopes: Sequence[str], at: str) -> Frame:
        """The heartbeat for viewers of these scopes: the state of each that was published."""
        # An unpublished board is each process's own reading: a client that came from another process may
        # have a list of a moment earlier, until the first frame gives all the same one.
        boards = [self._rooms[scope].board for scope in scopes]
        states = [(board.scope, board.s, board.crc) for board in boards if board.s]
        return frames.heartbeat(id=self.head, at=at, boards=states, degraded=self.degraded)

    def _unresumable(self, since: str, cursor: Cursor | None) -> str:
        if not since:
            return "initial"
        if cursor is None:
            return "bad_cursor"
        if cursor.epoch != self.head.epoch or self.head == NOWHERE:
            return "epoch"
        return "ahead" if cursor.seq > self.head.seq else ""

    def _replay(self, room: Room, cursor: Cursor) -> tuple[list[Encoded], str]:
        if room.board.s <= cursor.seq:
            return [], ""
        kept = room.history.after(cursor.seq)
        if kept is None:
            return [], "stale"
        return ([], "compact") if self._is_too_long(room, kept) else (kept, "")

    def _is_too_long(self, room: Room, kept: Sequence[Encoded]) -> bool:
        # A replay longer than a snapshot might outlast the connection, and then again after each reconnect.
        return sum(len(frame.line) for frame in kept) > len(room.snapshot(self.head.epoch, "compact").line)

    def _snapshot(self, room: Room, why: str) -> Encoded:
        self._snapshots.inc(why)
        return room.snapshot(self.head.epoch, why)

    def _wait_for_head(self) -> None:
        # A process that was just started must not take every cursor for one of another epoch.
        until = self.monotonic() + FIRST_SECONDS
        while self.head == NOWHERE and self.loop.running and not self.degraded and self.monotonic() < until:
            self._changed.wait(until - self.monotonic())

    def _is_missing(self, scope: str) -> bool:
        """Whether a scope is not known here, or only as a board that was deleted and made again since."""
        room = self._rooms.get(scope)
        return room is None or int(room.board.stamp.partition(".")[0]) < self.scopes.board(scope).since

    def _open(self, scope: str) -> None:
        # The board was never published: ask the publisher for it, and read it here if no frame comes.
        _, window, _ = self.scopes.window(scope)
        try:
            self.store.ask_for(window.path)
            until = self.monotonic() + FIRST_SECONDS
            while self._is_missing(scope) and not self.degraded and self.monotonic() < until:
                self._changed.wait(until - self.monotonic())
        except (RedisError, OSError):
            self.degraded = True
        if self._is_missing(scope):
            room = Room(self.scopes.read(scope, s=0), FrameHistory(0))
            if self._is_missing(scope):  # a frame may have come during the read
                self._rooms[scope] = room

    def _degrade(self, error: Exception) -> None:
        self._cold = True
        if not self.degraded:
            log.warning("streams are degraded", extra={"reason": str(error)})
            self.degraded = True
            self.wake()

    def read(self) -> float:
        """Follow frames and signals since the last turn. Returns the seconds until the next one."""
        if self.head == NOWHERE:
            return self.warm()
        found, signals, newest = self.store.following(self.head, self.signals_read, milliseconds=READ_MS)
        self._receive(signals)
        self.signals_read = newest
        for published in found:
            if not self._accept(published):
                break
        rest = 0.0 if found else self._check_epoch()  # the ids of frames tell the epoch as well
        self.degraded = False
        return rest

    def _check_epoch(self) -> float:
        """Begin again where the stream did. Returns the seconds until the next turn."""
        head = self.store.head()
        return self.warm() if head is None or head[0].epoch != self.head.epoch else 0.0

    def _receive(self, signals: Sequence[tuple[Cursor, Signal]]) -> None:
        for id, signal in signals:
            self.signals_read = id  # first: a signal that fails is not received again
            for listener in self.signal_listeners:
                listener(id, signal)
        if signals:
            self.wake()  # polls are told too

    def warm(self) -> float:
        """Read the whole state of the stream. Returns the seconds until the next turn."""
        self._cold = False
        if not self._listening:
            self.signals_read, self._listening = self.store.newest_signal(), True
        state = self.store.state(FRAMES)
        if state is None:
            return REST_SECONDS
        head = state.head
        # Boards that a new epoch has not published yet stay as they are, numbered 0.
        rooms = {
            scope: Room(structs.replace(room.board, s=0), FrameHistory(0))
            for scope, room in self._rooms.items()
        }
        for scope, one in state.shown.items():
            mine = [line for line in state.recent if line.scope == scope and line.cursor.epoch == head.epoch]
            rooms[scope] = Room(one, self._history(one, mine))
        self._rooms, self.head, self.degraded = rooms, head, False
        self.wake()
        return 0.0

    def _history(self, board: PublishedBoard, published: Sequence[Published]) -> FrameHistory:
        if not published or published[-1].cursor.seq != board.s:
            return FrameHistory(board.s)
        decoded = [frames.decode(one.line) for one in published]
        history = FrameHistory(decoded[0]["p"])
        for frame, one in zip(decoded, published, strict=True):
            history.append(frames.encode(frame, one.line), self.monotonic())
        return history

    def _accept(self, published: Published) -> bool:
        """Apply one frame. Returns whether the next one can follow."""
        cursor, scope = published.cursor, published.scope
        if cursor != Cursor(self.head.epoch, self.head.seq + 1):
            self.warm()
            return False
        room, frame = self._rooms.get(scope), frames.decode(published.line)
        board = board_after(room.board if room else None, frame, published.stamp)
        if board is None:
            log.error(
                "a published frame does not follow the state before it; reading the whole state",
                extra={"cursor": str(cursor), "scope": scope},
            )
            self._crc_mismatches.inc()
            self.warm()
            return False
        history = room.history if room and room.board.s == frame["p"] else FrameHistory(frame["p"])
        if room and frame["t"] == "snapshot":
            why = "period" if room.board.period != board.period else "rules"
            reset = frames.encode(frames.reset(scope, why))
            history.append(structs.replace(reset, s=board.s), self.monotonic())
        history.append(frames.encode(frame, published.line), self.monotonic())
        self._rooms[scope], self.head = Room(board, history), cursor
        self.wake()
        return True


def _number(frame: Encoded) -> int:
    return frame.s
