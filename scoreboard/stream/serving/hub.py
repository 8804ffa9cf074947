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
    PublishedBoard,
    PublishedFrame,
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
FIRST_SECONDS = 1.0  # the wait of a viewer for the first frame of a board
NOWHERE = Cursor(0, 0)


@dataclass
class Room:
    """A stream scope in the memory of this process."""

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
    _listening: bool = False  # `signals_read` was read once
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
        """The cursor to stream from after reading a window's state; "0-0" if it is not published.

        A stream from 0-0 begins with a snapshot, so either way nothing is missed.
        """
        room = self._rooms.get(scope_of(window))
        if room is None or room.board.period != window.period:
            return str(NOWHERE)
        published = room.board.stamp.split(".")[1]
        return str(Cursor(self.head.epoch, room.board.s) if published == stamp else NOWHERE)

    def resume(self, scopes: Sequence[str], since: str) -> Resumed:
        """The first frames for a viewer of these scopes with the cursor `since` ("" for none)."""
        self._wait_for_head()
        for scope in scopes:
            if self._is_missing(scope):
                self._open(scope)
        # Nothing below yields, so there is no gap between replayed and live frames.
        cursor = Cursor.parse(since)
        why = self._reason_to_restart(since, cursor)
        result: list[Encoded] = []
        complete = True
        for room in (self._rooms[scope] for scope in scopes):
            replay, reason = self._replay(room, cursor or NOWHERE) if not why else ([], why)
            complete &= not reason
            result += [self._snapshot(room, reason)] if reason else replay
        resume = "none" if why else "ok" if complete else "partial"
        return Resumed(resume=resume, frames=sorted(result, key=_number), at=self.head)

    def continues(self, since: str) -> bool:
        """True if a stream may resume from a cursor, by the cursor alone. Opens no board."""
        self._wait_for_head()
        return not self._reason_to_restart(since, Cursor.parse(since))

    def after(
        self, scopes: Sequence[str], at: Cursor, *, behind: bool = False
    ) -> tuple[list[Encoded], Cursor]:
        """The frames for viewers of these scopes at position `at`, and their new position. Does not yield.

        A viewer that is `behind` gets the replay or a snapshot, whichever is shorter; for the others a
        missing frame means a gap.
        """
        result: list[Encoded] = []
        for room in (self._rooms[scope] for scope in scopes):
            if at.epoch != self.head.epoch:
                result.append(self._snapshot(room, "epoch"))
            elif room.board.s > at.seq:
                replay = room.history.after(at.seq)
                if replay is None or (behind and self._is_too_long(room, replay)):
                    replay = [self._snapshot(room, "slow" if behind else "gap")]
                result += replay
        return sorted(result, key=_number) if len(result) > 1 else result, self.head

    def wake(self) -> None:
        """Tell all listeners that there are new frames or signals."""
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
        """The heartbeat for viewers of these scopes: the states of the published ones."""
        # Each process reads an unpublished board itself: a client that comes from another process may have an
        # older list, until the first frame.
        boards = [self._rooms[scope].board for scope in scopes]
        states = [(board.scope, board.s, board.crc) for board in boards if board.s]
        return frames.heartbeat(id=self.head, at=at, boards=states, degraded=self.degraded)

    def _reason_to_restart(self, since: str, cursor: Cursor | None) -> str:
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
        replay = room.history.after(cursor.seq)
        if replay is None:
            return [], "stale"
        return ([], "compact") if self._is_too_long(room, replay) else (replay, "")

    def _is_too_long(self, room: Room, replay: Sequence[Encoded]) -> bool:
        # A replay longer than a snapshot might outlast the connection, and then again after each reconnect.
        return sum(len(frame.line) for frame in replay) > len(room.snapshot(self.head.epoch, "compact").line)

    def _snapshot(self, room: Room, why: str) -> Encoded:
        self._snapshots.inc(why)
        return room.snapshot(self.head.epoch, why)

    def _wait_for_head(self) -> None:
        # In a process that has just started, every cursor would seem to be of another epoch.
        until = self.monotonic() + FIRST_SECONDS
        while self.head == NOWHERE and self.loop.running and not self.degraded and self.monotonic() < until:
            self._changed.wait(until - self.monotonic())

    def _is_missing(self, scope: str) -> bool:
        """True if a scope is not in memory, or only as an earlier incarnation of its board."""
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
        new_frames, signals, newest = self.store.following(self.head, self.signals_read, milliseconds=READ_MS)
        self._receive(signals)
        self.signals_read = newest
        for published in new_frames:
            if not self._accept(published):
                break
        rest = 0.0 if new_frames else self._check_epoch()  # the ids of frames tell the epoch as well
        self.degraded = False
        return rest

    def _check_epoch(self) -> float:
        """Read the whole state if the stream has a new epoch. Returns the seconds until the next turn."""
        head = self.store.head()
        return self.warm() if head is None or head[0].epoch != self.head.epoch else 0.0

    def _receive(self, signals: Sequence[tuple[Cursor, Signal]]) -> None:
        for id, signal in signals:
            self.signals_read = id  # set first, so that a signal that fails is not received again
            for listener in self.signal_listeners:
                listener(id, signal)
        if signals:
            self.wake()  # polls that wait

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
        for scope, board in state.boards.items():
            recent = [one for one in state.recent if one.scope == scope and one.cursor.epoch == head.epoch]
            rooms[scope] = Room(board, self._history(board, recent))
        self._rooms, self.head, self.degraded = rooms, head, False
        self.wake()
        return 0.0

    def _history(self, board: PublishedBoard, published: Sequence[PublishedFrame]) -> FrameHistory:
        if not published or published[-1].cursor.seq != board.s:
            return FrameHistory(board.s)
        decoded = [frames.decode(one.line) for one in published]
        history = FrameHistory(decoded[0]["p"])
        for frame, one in zip(decoded, published, strict=True):
            history.append(frames.encode(frame, one.line), self.monotonic())
        return history

    def _accept(self, published: PublishedFrame) -> bool:
        """Apply one frame. Returns True if the next one can follow."""
        cursor, scope = published.cursor, published.scope
        if cursor != Cursor(self.head.epoch, self.head.seq + 1):
            self.warm()
            return False
        room, frame = self._rooms.get(scope), frames.decode(published.line)
        board = board_after(room.board if room else None, frame, published.stamp)
        if board is None:
            log.error(
                "a published frame does not follow the state before it: reading the whole state",
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
