"""The open streams of one process: each frame is encoded once, and written to all in one loop."""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock, rfc3339
from scoreboard.stream.protocol import closing, frames
from scoreboard.stream.protocol.carriers import Carrier
from scoreboard.stream.protocol.types import Cursor, Encoded, Frame, Kick, Resumed
from scoreboard.stream.protocol.websocket import Inbound
from scoreboard.stream.serving.admission import Places, StreamClient
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewer import Viewer

log = logging.getLogger(__name__)

SLICE = 500  # viewers that are written between two looks at everything else
SWEEP_SECONDS = 1.0
STALLED_SECONDS = 30.0
DRAIN_SECONDS = 15.0
RUDE_BYTES = 16 * 1024  # of what nobody asked for


@dataclass(eq=False, kw_only=True, slots=True)
class Audience:
    """The viewers of the same boards by the same carrier: they are sent the same bytes."""

    scopes: tuple[str, ...]
    carrier: Carrier
    at: Cursor  # up to where its viewers were served, but for those who can't keep up
    viewers: dict[Viewer, None] = field(default_factory=dict)


@dataclass(kw_only=True)
class Viewers:
    """Serves the open streams of this process from the hub's memory."""

    hub: Hub
    places: Places
    clock: Clock
    counts: StreamCounts
    heartbeat_seconds: int
    max_age_seconds: int
    monotonic: Callable[[], float] = time.monotonic
    handing_over: bool = False  # whether connections can be taken from the server here
    draining: bool = False
    spread_seconds: float = 0.0  # how long the last frame took to be written to all
    drained_all: threading.Event = field(default_factory=threading.Event)
    _audiences: dict[tuple[tuple[str, ...], Carrier], Audience] = field(default_factory=dict)
    _ready: deque[Viewer] = field(default_factory=deque)
    _gone: deque[dict[str, object]] = field(default_factory=deque)
    _degraded: bool = False
    _swept: float = float("-inf")  # monotonic seconds
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = Loop("serving streams", self.turn, rest_seconds=SWEEP_SECONDS)
        self.hub.listeners.append(self.loop.wake)

    def hand_over(self) -> None:
        """From now on, take connections from the web server: it can let go of them."""
        self.handing_over = True

    # Coming

    def admit(self, who: StreamClient, *, opening: bool = True) -> Frame | None:
        """Take a place, which `dismiss` gives back. Returns the bye to refuse with where there is none."""
        why = "drain" if self.draining else self.places.take(who, opening=opening)
        if not why:
            return None
        self.counts.refused.inc(why)
        return closing.frame(why)

    def dismiss(self, who: StreamClient) -> None:
        """Give back the place of somebody who did not open a stream after all."""
        self.places.give_back(who)

    def join(
        self, viewer: Viewer, scopes: Sequence[str], carrier: Carrier, resumed: Resumed, head: bytes = b""
    ) -> None:
        """Begin to serve a viewer: `head`, hello, and what he missed. Raises OSError where he is gone."""
        now = self.monotonic()
        viewer.beat = now + self._beat()
        # Ages differ, so that streams opened together do not all come back together.
        age = self.max_age_seconds * random.uniform(0.8, 1.0)
        left = (viewer.who.until - self.clock()) / 1000 if viewer.who.until is not None else age
        viewer.until, viewer.why = now + min(age, left), "auth_expired" if left < age else "max_age"
        audience = self._audience(tuple(scopes), carrier)
        audience.viewers[viewer] = None
        viewer.audience = audience
        self.counts.opened.inc(carrier.name)
        self.counts.resumes.inc(resumed.resume)
        first = [self.hello(resumed.resume), *resumed.frames]
        data = carrier.opening(random.randrange(1000, 5000), first)
        self.counts.sent(carrier.name, 1, len(first), len(data))
        viewer.write(head + data)
        if viewer.at != self.hub.head:
            # Counting him took a while, and what came meanwhile was sent to the others already.
            self._serve_soon(viewer)

    def left(self, viewer: Viewer, why: str = "left") -> None:
        """Forget a viewer. Called by the event loop too: does not wait, and may come twice."""
        if viewer.closed:
            return
        viewer.close()
        audience = viewer.audience
        if audience is not None:
            audience.viewers.pop(viewer, None)
            if not audience.viewers:
                self._audiences.pop((audience.scopes, audience.carrier), None)
        self.places.give_back(viewer.who)
        self.counts.closed.inc(why)
        seconds = round(self.monotonic() - viewer.opened, 1)
        self._gone.append({"why": why, "seconds": seconds, "bytes": viewer.sent})

    def drained(self, viewer: Viewer) -> None:
        """A viewer can take more. Called by the event loop too."""
        if viewer.ending:
            self.left(viewer, "bye")
        elif viewer.at != viewer.audience.at:
            self._serve_soon(viewer)

    def heard(self, viewer: Viewer, data: bytes) -> None:
        """A viewer said something. Called by the event loop too."""
        if isinstance(viewer.inbound, Inbound):
            answer, ends = viewer.inbound.feed(data, self.monotonic())
            # What can't be answered at once is not answered: it must not get between other bytes.
            answered = bool(answer) and not viewer.blocked and self._write(viewer, answer)
            viewer.ending |= ends
            if ends and not (answered and viewer.blocked):
                self.left(viewer, "closed")
            return
        viewer.inbound += len(data)
        if viewer.inbound > RUDE_BYTES:
            self.left(viewer, "rude")

    # Serving

    def turn(self) -> float:
        """Send what is new, and once a second do what the clock asks for. Returns the seconds to wait."""
        self.serve()
        if self.monotonic() - self._swept >= SWEEP_SECONDS:
            self._swept = self.monotonic()
            self.sweep()
        return max(0.0, self._swept + SWEEP_SECONDS - self.monotonic())

    def serve(self) -> None:
        """Send every viewer what is new."""
        begun, delivered = self.monotonic(), 0
        if self._degraded != self.hub.degraded:
            self._degraded = self.hub.degraded
            for viewer in self.all():
                viewer.beat = 0.0  # told at once, not with the next heartbeat
            self.sweep()
        served = 0
        for audience in list(self._audiences.values()):
            if served >= SLICE:
                served = 0
                time.sleep(0)  # let requests be answered
            served += len(audience.viewers)
            delivered += self._spread(audience)
        for part in self._slices([self._ready.popleft() for _ in range(len(self._ready))]):
            for viewer in part:
                self._catch_up(viewer)
        if delivered:
            self.spread_seconds = self.monotonic() - begun
            self.counts.fanout(self.spread_seconds)
        while self._gone:
            log.info("stream closed", extra=self._gone.popleft())

    def sweep(self) -> None:
        """Do what the clock asks for: heartbeats, ends of streams, and an eye on who is stuck."""
        beats: dict[Audience, tuple[Cursor, bytes]] = {}
        for part in self._slices(self.all()):
            now = self.monotonic()
            for viewer in part:
                if viewer.closed:
                    continue
                if self._stuck(viewer, now):
                    viewer.ending = False
                    self.left(viewer, "stalled")
                elif now >= viewer.until:
                    self.end(viewer, closing.frame(viewer.why))
                elif now >= viewer.beat and not viewer.blocked:
                    self._beat_for(viewer, beats, now)

    def all(self) -> list[Viewer]:
        """Every viewer."""
        return [viewer for audience in list(self._audiences.values()) for viewer in audience.viewers]

    def watching(self) -> dict[str, list[Audience]]:
        """The audiences of each scope that is watched."""
        found: dict[str, list[Audience]] = {}
        for audience in list(self._audiences.values()):
            for scope in audience.scopes:
                found.setdefault(scope, []).append(audience)
        return found

    def watchers(self) -> dict[str, list[Viewer]]:
        """The viewers of each scope that is watched."""
        return {
            scope: [viewer for audience in audiences for viewer in audience.viewers]
            for scope, audiences in self.watching().items()
        }

    def send(self, viewer: Viewer, frame: Encoded) -> bool:
        """Send a frame of one viewer's own. Returns whether he could take it."""
        if viewer.closed or viewer.ending or viewer.blocked:
            return False
        return self._write(viewer, viewer.audience.carrier.carry([frame]))

    def send_all(self, viewers: list[Viewer], frame: Encoded) -> None:
        """Send some viewers a frame, but those who can't take it now."""
        for part in self._slices(viewers):
            for viewer in part:
                self.send(viewer, frame)

    # Leaving

    def end(self, viewer: Viewer, bye: Frame) -> None:
        """Send a viewer away."""
        if viewer.closed or viewer.ending:
            return
        viewer.ending, viewer.until = True, self.monotonic() + STALLED_SECONDS
        number = str(bye["code"])
        self.counts.byes.inc(number)
        if self._write(viewer, viewer.audience.carrier.closing(bye)) and not viewer.blocked:
            self.left(viewer, bye["why"])

    def end_all(self, viewers: list[Viewer], why: str) -> None:
        """Send some viewers away at once."""
        for part in self._slices(viewers):
            for viewer in part:
                self.end(viewer, closing.frame(why))

    def cut(self, meant: Callable[[], bool]) -> None:
        """Let go without a word of each viewer for whom `meant` says so, as a network does."""
        for viewer in self.all():
            if meant():
                self.left(viewer, "cut")

    def kick(self, kick: Kick) -> None:
        """Send away a player, a session, or all who watch a scope, of this process."""
        meant = [
            viewer
            for viewer in self.all()
            if (kick.player and viewer.who.player == kick.player)
            or (kick.session and viewer.who.session == kick.session)
            or kick.scope in viewer.audience.scopes
        ]
        self.end_all(meant, kick.why)

    def drain(self) -> None:
        """Send everybody away, over some seconds, so that they do not all come back at once.

        Where that has begun already, wait until it is done.
        """
        if self.draining:
            self.drained_all.wait(DRAIN_SECONDS)
            return
        self.draining = True
        self.hub.wake()  # those who poll are answered
        leaving = self.all()
        random.shuffle(leaving)
        seconds, begun = closing.drain_seconds(len(leaving)), self.monotonic()
        for number, viewer in enumerate(leaving, 1):
            self.end(viewer, closing.frame("drain"))
            rest = begun + seconds * number / len(leaving) - self.monotonic()
            if rest > 0.01:
                time.sleep(rest)
        self.drained_all.set()

    # Within

    def _serve_soon(self, viewer: Viewer) -> None:
        self._ready.append(viewer)
        self.loop.wake()

    def _audience(self, scopes: tuple[str, ...], carrier: Carrier) -> Audience:
        found = self._audiences.get((scopes, carrier))
        if found is None:
            found = Audience(scopes=scopes, carrier=carrier, at=self.hub.head)
            self._audiences[(scopes, carrier)] = found
        return found

    def _spread(self, audience: Audience) -> int:
        before = audience.at
        found, at = self.hub.after(audience.scopes, before)
        if not found:
            return 0
        audience.at = at
        data, delivered = audience.carrier.carry(found), 0
        for part in self._slices(list(audience.viewers)):
            for viewer in part:
                if (viewer.at is before or viewer.at == before) and not viewer.blocked:
                    viewer.at = at
                    delivered += self._write(viewer, data)
                else:
                    self._catch_up(viewer)
        self.counts.sent(audience.carrier.name, delivered, len(found), len(data))
        return delivered

    def _catch_up(self, viewer: Viewer) -> None:
        """Serve somebody who is elsewhere than the others."""
        if viewer.closed or viewer.ending:
            return
        if viewer.blocked:
            self.counts.conflated.inc()  # nothing is kept for him but where he is
            return
        found, at = self.hub.after(viewer.audience.scopes, viewer.at, behind=True)
        if found:
            viewer.at = at
            data = viewer.audience.carrier.carry(found)
            self.counts.sent(viewer.audience.carrier.name, 1, len(found), len(data))
            self._write(viewer, data)

    def _stuck(self, viewer: Viewer, now: float) -> bool:
        """Whether a viewer took nothing for too long, or takes too long to read the last he is sent."""
        if viewer.ending and now >= viewer.until:
            return True
        # Of others the last heartbeat at least has reached them since.
        if not viewer.blocked and now < viewer.beat:
            return False
        taken = viewer.taken
        if taken != viewer.acked:
            viewer.acked, viewer.moved = taken, now
        return now - viewer.moved > STALLED_SECONDS

    def _beat_for(self, viewer: Viewer, beats: dict[Audience, tuple[Cursor, bytes]], now: float) -> None:
        viewer.beat = now + self._beat()
        # What it tells must be what he has, so he is served first.
        self._catch_up(viewer)
        if viewer.closed or viewer.blocked:
            return
        audience = viewer.audience
        at, data = beats.get(audience, (None, b""))
        if at is not self.hub.head:
            frame = self.hub.heartbeat(audience.scopes, rfc3339(self.clock()))
            data = audience.carrier.carry([frames.encoded(frame)])
            beats[audience] = (self.hub.head, data)
        self._write(viewer, data)

    def _write(self, viewer: Viewer, data: bytes) -> bool:
        """Write to one viewer. Returns whether he is still there."""
        if viewer.closed:
            return False
        try:
            viewer.write(data)
        except OSError:
            self.left(viewer)
            return False
        return True

    def _slices(self, viewers: list[Viewer]) -> Iterator[list[Viewer]]:
        # Begun elsewhere each time, so that nobody is always the last one.
        first = random.randrange(len(viewers)) if viewers else 0
        turned = viewers[first:] + viewers[:first]
        for start in range(0, len(turned), SLICE):
            if start:
                time.sleep(0)  # let requests be answered
            yield turned[start : start + SLICE]

    def _beat(self) -> float:
        return self.heartbeat_seconds * random.uniform(0.9, 1.1)

    def hello(self, resume: str) -> Encoded:
        """The first frame of a stream."""
        frame = frames.hello(
            sid=secrets.token_hex(8),
            heartbeat=self.heartbeat_seconds,
            max_age=self.max_age_seconds,
            now=rfc3339(self.clock()),
            resume=resume,
        )
        return frames.encoded(frame)
