"""The sweep over open streams: heartbeats, ends that are due, and connections that make no progress."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass

from scoreboard.core.clock import Clock, rfc3339
from scoreboard.stream.protocol import closing, frames
from scoreboard.stream.protocol.types import Cursor, Encoded
from scoreboard.stream.serving.fanout import Fanout
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewer import Viewer
from scoreboard.stream.serving.viewers import STALLED_SECONDS, Audience, Viewers

Heartbeats = dict[Audience, tuple[Cursor, bytes]]


@dataclass(kw_only=True)
class Sweeper:
    """Does the duties that depend on time, for each viewer."""

    hub: Hub
    viewers: Viewers
    fanout: Fanout
    clock: Clock
    heartbeat_seconds: int
    max_age_seconds: int

    def hello(self, resume: str) -> Encoded:
        """The first frame of a stream."""
        frame = frames.hello(
            sid=secrets.token_hex(8),
            heartbeat=self.heartbeat_seconds,
            max_age=self.max_age_seconds,
            now=rfc3339(self.clock()),
            resume=resume,
        )
        return frames.encode(frame)

    def schedule(self, viewer: Viewer) -> None:
        """Set the time of a new viewer's first heartbeat, and the time and reason of its stream's end."""
        now = self.viewers.monotonic()
        viewer.heartbeat_at = now + self._heartbeat_pause()
        # Ages differ, so that clients that connected together do not reconnect together.
        age = self.max_age_seconds * random.uniform(0.8, 1.0)
        until = viewer.client.until
        left = (until - self.clock()) / 1000 if until is not None else age
        viewer.ends_at = now + min(age, left)
        viewer.ends_why = "auth_expired" if left < age else "max_age"

    def hurry(self) -> None:
        """Send every viewer a heartbeat now."""
        for viewer in self.viewers.all():
            viewer.heartbeat_at = 0.0
        self.sweep()

    def sweep(self) -> None:
        """Send due heartbeats, end streams that are due, and close stalled connections."""
        heartbeats: Heartbeats = {}
        for part in self.viewers.parts(self.viewers.all()):
            now = self.viewers.monotonic()
            for viewer in part:
                if viewer.closed:
                    continue
                if self._is_stalled(viewer, now):
                    viewer.ending = False
                    self.viewers.on_closed(viewer, "stalled")
                elif now >= viewer.ends_at:
                    self.viewers.end(viewer, closing.frame(viewer.ends_why))
                elif now >= viewer.heartbeat_at and not viewer.blocked:
                    self._send_heartbeat(viewer, heartbeats, now)

    def _is_stalled(self, viewer: Viewer, now: float) -> bool:
        """True if a client took no bytes for too long, or takes too long to read the last ones."""
        if viewer.ending and now >= viewer.ends_at:
            return True
        # A connection that is not blocked took the last heartbeat at least.
        if not viewer.blocked and now < viewer.heartbeat_at:
            return False
        received = viewer.received_bytes
        if received != viewer.acknowledged:
            viewer.acknowledged, viewer.progress_at = received, now
        return now - viewer.progress_at > STALLED_SECONDS

    def _send_heartbeat(self, viewer: Viewer, heartbeats: Heartbeats, now: float) -> None:
        viewer.heartbeat_at = now + self._heartbeat_pause()
        # A heartbeat tells the client's state, so the viewer gets its new frames first.
        self.fanout.catch_up(viewer)
        if viewer.closed or viewer.blocked:
            return
        audience = viewer.audience
        at, data = heartbeats.get(audience, (None, b""))
        if at is not self.hub.head:
            frame = self.hub.heartbeat(audience.scopes, rfc3339(self.clock()))
            data = audience.carrier.carry([frames.encode(frame)])
            heartbeats[audience] = (self.hub.head, data)
        self.viewers.write(viewer, data)

    def _heartbeat_pause(self) -> float:
        return self.heartbeat_seconds * random.uniform(0.9, 1.1)
