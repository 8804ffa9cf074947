"""Viewers: one open event stream each, written by a generator."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scoreboard.core.clock import Clock, rfc3339
from scoreboard.stream import frames
from scoreboard.stream.hub import Hub, Resumed
from scoreboard.stream.types import Frame


@dataclass(kw_only=True)
class Viewers:
    """The open streams of this process."""

    hub: Hub
    clock: Clock
    heartbeat_seconds: int
    max_age_seconds: int
    most: int
    monotonic: Callable[[], float] = time.monotonic
    open: int = 0

    def enter(self) -> Frame | None:
        """Take a place, which `leave` gives back. Returns the frame to refuse with where there is none."""
        if self.hub.stopping:
            return frames.bye(code=101, again=True, retry_ms=random.randrange(200, 2000), why="drain")
        if self.open >= self.most:
            return frames.bye(code=201, again=True, retry_ms=random.randrange(15_000, 30_000), why="capacity")
        self.open += 1
        return None

    def leave(self) -> None:
        """Give a place back."""
        self.open -= 1

    def events(self, scopes: Sequence[str], resumed: Resumed) -> Iterator[bytes]:
        """All that one viewer is sent, until he leaves, or is asked to come back."""
        opened = self.monotonic()
        # Ages differ, so that streams opened together do not all come back together.
        until = opened + self.max_age_seconds * random.uniform(0.8, 1.0)
        yield frames.opening(random.randrange(1000, 5000)) + self._hello(resumed.resume)
        sent, at, degraded = resumed.frames, resumed.at, False
        beat = opened + self.heartbeat_seconds
        while True:
            changed = self.hub.changed
            if not sent:
                sent, at = self.hub.after(scopes, at)
            if sent:
                yield b"".join(frame.event for frame in sent)
                sent = []
                continue
            now = self.monotonic()
            if self.hub.stopping or now >= until:
                yield self._bye(draining=self.hub.stopping)
                return
            if now >= beat or degraded != self.hub.degraded:
                degraded = self.hub.degraded  # said at once, not at the next beat
                yield self._heartbeat(scopes)
                beat = now + self.heartbeat_seconds * random.uniform(0.9, 1.1)
                continue
            changed.wait(max(0.0, min(beat, until) - now))

    def _hello(self, resume: str) -> bytes:
        frame = frames.hello(
            sid=secrets.token_hex(8),
            heartbeat=self.heartbeat_seconds,
            max_age=self.max_age_seconds,
            now=rfc3339(self.clock()),
            resume=resume,
        )
        return frames.encoded(frame).event

    def _heartbeat(self, scopes: Sequence[str]) -> bytes:
        return frames.encoded(self.hub.heartbeat(scopes, rfc3339(self.clock()))).event

    def _bye(self, *, draining: bool) -> bytes:
        code, why = (101, "drain") if draining else (102, "max_age")
        frame = frames.bye(code=code, again=True, retry_ms=random.randrange(200, 2000), why=why)
        return frames.encoded(frame).event
