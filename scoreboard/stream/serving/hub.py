"""The hub: what one process knows of the stream, and how its viewers are served from memory."""

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
from scoreboard.stream.protocol.diff import applied, checksum
from scoreboard.stream.protocol.types import (
    Cursor,
    Encoded,
    Frame,
    Kick,
    Line,
    Published,
    PublishedBoard,
    Resumed,
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

    shown: PublishedBoard
    ring: FrameHistory
    snapshots: dict[str, Encoded] = field(default_factory=dict)  # of this state, by reason

    def snapshot(self, epoch: int, why: str) -> Encoded:
        """This state whole, encoded once for all who need it."""
        # Its id is its own number, not the head's: whoever loses the connection before the next
        # board's frame must not be taken for one who has seen it.
        if why not in self.snapshots:
            frame = frames.snapshot(self.shown, id=Cursor(epoch, self.shown.s), why=why)
            self.snapshots[why] = frames.encoded(frame)
        return self.snapshots[why]


@dataclass(kw_only=True)
class Hub:
    """Follows the stream's frames, and keeps what viewers need."""

    store: StreamStore
    scopes: Scopes
    metrics: Metrics
    monotonic: Callable[[], float] = time.monotonic
    listeners: list[Callable[[], None]] = field(default_factory=list)  # told of whatever changes
    kick_listeners: list[Callable[[Kick], None]] = field(default_factory=list)
    degraded: bool = False
    head: Cursor = NOWHERE
    _rooms: dict[str, Room] = field(default_factory=dict)
    _changed: threading.Event = field(default_factory=threading.Event)
    _cold: bool = True  # what is kept must be read again before frames can be followed
    _kicks: str = ""  # up to where kicks were read
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
            failed=self._degrade,
            stopped=self.wake,
        )

    def turn(self) -> float:
        """Wait for frames and take them in. Returns the seconds until the next turn."""
        return self.warm() if self._cold else self.read()

    def cursor(self, window: Window, stamp: str) -> str:
        """Where to begin streaming after reading a window's state; "0-0" where it is not published.

        Beginning at 0-0 gives a snapshot, so either way nothing is missed.
        """
        room = self._rooms.get(scope_of(window))
        if room is None or room.shown.period != window.period:
            return str(NOWHERE)
        published = room.shown.stamp.split(".")[1]
        return str(Cursor(self.head.epoch, room.shown.s) if published == stamp else NOWHERE)

    def resume(self, scopes: Sequence[str], since: str) -> Resumed:
        """What a viewer of these scopes gets, who has seen everything up to `since` ("" for nothing)."""
        self._await_first()
        for scope in scopes:
            if self._lacks(scope):
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

    def after(
        self, scopes: Sequence[str], at: Cursor, *, behind: bool = False
    ) -> tuple[list[Encoded], Cursor]:
        """What viewers of these scopes, who are at `at`, have to be sent now. Does not yield.

        Who is `behind` gets what is shorter; frames that are missing for the others are a gap.
        """
        sent: list[Encoded] = []
        for room in (self._rooms[scope] for scope in scopes):
            if at.epoch != self.head.epoch:
                sent.append(self._snapshot(room, "epoch"))
            elif room.shown.s > at.seq:
                kept = room.ring.after(at.seq)
                if kept is None or (behind and self._too_much(room, kept)):
                    kept = [self._snapshot(room, "slow" if behind else "gap")]
                sent += kept
        return sorted(sent, key=_number) if len(sent) > 1 else sent, self.head

    def wake(self) -> None:
        """Let everybody look what is new."""
        # Whoever waits holds the old event; whoever comes later waits for the next one.
        changed, self._changed = self._changed, threading.Event()
        changed.set()
        for tell in self.listeners:
            tell()

    def position(self, scope: str) -> int:
        """The number of a scope's last frame."""
        room = self._rooms.get(scope)
        return room.shown.s if room else 0

    @property
    def changed(self) -> threading.Event:
        """Set with the next frame of any scope. Take it before asking what there is to send."""
        return self._changed

    def heartbeat(self, scopes: Sequence[str], at: str) -> Frame:
        """Where each of these scopes is that was published."""
        # What nobody published yet is each process's own reading: a viewer who came over from another
        # process may have a list of a moment earlier, until the first frame brings all the same one.
        rooms = [self._rooms[scope].shown for scope in scopes]
        boards = [(shown.scope, shown.s, shown.crc) for shown in rooms if shown.s]
        return frames.heartbeat(id=self.head, at=at, boards=boards, degraded=self.degraded)

    def _unresumable(self, since: str, cursor: Cursor | None) -> str:
        if not since:
            return "initial"
        if cursor is None:
            return "bad_cursor"
        if cursor.epoch != self.head.epoch or self.head == NOWHERE:
            return "epoch"
        return "ahead" if cursor.seq > self.head.seq else ""

    def _replay(self, room: Room, cursor: Cursor) -> tuple[list[Encoded], str]:
        if room.shown.s <= cursor.seq:
            return [], ""
        kept = room.ring.after(cursor.seq)
        if kept is None:
            return [], "stale"
        return ([], "compact") if self._too_much(room, kept) else (kept, "")

    def _too_much(self, room: Room, kept: Sequence[Encoded]) -> bool:
        # A replay that is longer than a snapshot could last longer than the connection, again and again.
        return sum(len(frame.line) for frame in kept) > len(room.snapshot(self.head.epoch, "compact").line)

    def _snapshot(self, room: Room, why: str) -> Encoded:
        self._snapshots.inc(why)
        return room.snapshot(self.head.epoch, why)

    def _await_first(self) -> None:
        # A process that was just started must not take every cursor for one of another epoch.
        until = self.monotonic() + FIRST_SECONDS
        while self.head == NOWHERE and self.loop.running and not self.degraded and self.monotonic() < until:
            self._changed.wait(until - self.monotonic())

    def _lacks(self, scope: str) -> bool:
        """Whether a scope is not known here, or known as a board that was deleted and is there again."""
        room = self._rooms.get(scope)
        return room is None or int(room.shown.stamp.partition(".")[0]) < self.scopes.board(scope).since

    def _open(self, scope: str) -> None:
        # A board that nobody published yet: ask for it, and make do with our own reading meanwhile.
        _, window, _ = self.scopes.window(scope)
        try:
            self.store.ask_for(window.path)
            until = self.monotonic() + FIRST_SECONDS
            while self._lacks(scope) and not self.degraded and self.monotonic() < until:
                self._changed.wait(until - self.monotonic())
        except (RedisError, OSError):
            self.degraded = True
        if self._lacks(scope):
            room = Room(self.scopes.read(scope, s=0), FrameHistory(0))
            if self._lacks(scope):  # reading takes a while: a frame may have come
                self._rooms[scope] = room

    def _degrade(self, error: Exception) -> None:
        self._cold = True
        if not self.degraded:
            log.warning("streams are degraded", extra={"reason": str(error)})
            self.degraded = True
            self.wake()

    def read(self) -> float:
        """Follow the frames since the last turn. Returns the seconds until the next one."""
        if self.head == NOWHERE:
            return self.warm()
        found, kicks, self._kicks = self.store.following(self.head, self._kicks, milliseconds=READ_MS)
        for kick in kicks:
            for listener in self.kick_listeners:
                listener(kick)
        for published in found:
            if not self._take(published):
                break
        rest = 0.0 if found else self._check_epoch()  # the ids of frames tell the epoch as well
        self.degraded = False
        return rest

    def _check_epoch(self) -> float:
        """Begin again where the stream did. Returns the seconds until the next turn."""
        head = self.store.head()
        return self.warm() if head is None or head[0].epoch != self.head.epoch else 0.0

    def warm(self) -> float:
        """Read the stream's whole state. Returns the seconds until the next turn."""
        self._cold = False
        if not self._kicks:
            self._kicks = self.store.newest_kick()
        state = self.store.state(FRAMES)
        if state is None:
            return REST_SECONDS
        head = state.head
        # Boards that the new incarnation has not published yet stay as they are, numbered from 0.
        rooms = {
            scope: Room(structs.replace(room.shown, s=0), FrameHistory(0))
            for scope, room in self._rooms.items()
        }
        for scope, one in state.shown.items():
            mine = [line for line in state.recent if line.scope == scope and line.cursor.epoch == head.epoch]
            rooms[scope] = Room(one, self._ring(one, mine))
        self._rooms, self.head, self.degraded = rooms, head, False
        self.wake()
        return 0.0

    def _ring(self, shown: PublishedBoard, published: Sequence[Published]) -> FrameHistory:
        if not published or published[-1].cursor.seq != shown.s:
            return FrameHistory(shown.s)
        decoded = [frames.decoded(one.line) for one in published]
        ring = FrameHistory(decoded[0]["p"])
        for frame, one in zip(decoded, published, strict=True):
            ring.append(frames.encoded(frame, one.line), self.monotonic())
        return ring

    def _take(self, published: Published) -> bool:
        """Take in one frame. Returns whether the next one can follow."""
        cursor, scope = published.cursor, published.scope
        if cursor != Cursor(self.head.epoch, self.head.seq + 1):
            self.warm()
            return False
        room, frame = self._rooms.get(scope), frames.decoded(published.line)
        shown = _after(room.shown if room else None, frame, published.stamp)
        if shown is None:
            log.error("a frame does not fit", extra={"cursor": str(cursor), "scope": scope})
            self._crc_mismatches.inc()
            self.warm()
            return False
        ring = room.ring if room and room.shown.s == frame["p"] else FrameHistory(frame["p"])
        if room and frame["t"] == "snapshot":
            why = "period" if room.shown.period != shown.period else "rules"
            ring.append(
                structs.replace(frames.encoded(frames.reset(scope, why)), s=shown.s), self.monotonic()
            )
        ring.append(frames.encoded(frame, published.line), self.monotonic())
        self._rooms[scope], self.head = Room(shown, ring), cursor
        self.wake()
        return True


def _number(frame: Encoded) -> int:
    return frame.s


def _after(old: PublishedBoard | None, frame: Frame, stamp: str) -> PublishedBoard | None:
    """The board after a frame; None where the frame does not follow, or does not add up."""
    if frame["t"] == "snapshot":
        return _whole(frame, stamp)
    if old is None or old.s != frame["p"]:
        return None
    try:
        top = tuple(applied(old.top, frame))
    except KeyError:
        return None
    if checksum(top) != frame["crc"]:
        return None
    return structs.replace(
        old,
        s=frame["s"],
        stamp=stamp,
        total=frame.get("tot", old.total),
        crc=frame["crc"],
        at=frame["at"],
        top=top,
    )


def _whole(frame: Frame, stamp: str) -> PublishedBoard:
    return PublishedBoard(
        scope=frame["b"],
        s=frame["s"],
        period=frame["period"],
        stamp=stamp,
        layout="",
        rank=frame["rank"],
        size=frame["size"],
        columns=tuple(frame["columns"]),
        total=frame["tot"],
        crc=frame["crc"],
        at=frame["at"],
        top=tuple(Line(**{**line, "c": tuple(line.get("c", ()))}) for line in frame["top"]),
    )
