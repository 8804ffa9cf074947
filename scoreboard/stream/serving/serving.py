"""The loop that serves the open streams of one process."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.core.background import Loop
from scoreboard.stream.protocol.carriers import Carrier
from scoreboard.stream.protocol.types import Resumed
from scoreboard.stream.serving.admission import Admission
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.fanout import Fanout
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.sockets import can_hand_over
from scoreboard.stream.serving.sweeping import Sweeper
from scoreboard.stream.serving.viewer import GeneratorViewer, SocketViewer, Viewer
from scoreboard.stream.serving.viewers import Viewers

SWEEP_SECONDS = 1.0


@dataclass(kw_only=True)
class Serving:
    """Serves the open streams: new frames at once, and once a second the duties that depend on time."""

    hub: Hub
    viewers: Viewers
    fanout: Fanout
    sweeper: Sweeper
    counts: StreamCounts
    loop: Loop = field(init=False)
    _degraded: bool = False
    _swept_at: float = float("-inf")  # monotonic seconds

    def __post_init__(self) -> None:
        self.loop = Loop("serving streams", self.turn, rest_seconds=SWEEP_SECONDS)
        self.hub.listeners.append(self.loop.wake)
        self.fanout.listeners.append(self.loop.wake)

    def can_take_over(self, environ: Mapping[str, Any]) -> bool:
        """True if the connection of a request is to be taken from the web server."""
        return self.viewers.handing_over and can_hand_over(environ)

    def take_over(self, admission: Admission, resumed: Resumed, connection: Any) -> SocketViewer:
        """Make a viewer on a connection of the web server, which releases it. Raises OSError."""
        return SocketViewer(self.viewers, admission, resumed.at, self.viewers.monotonic(), connection)

    def generate(self, admission: Admission, resumed: Resumed, connection: Any = None) -> GeneratorViewer:
        """Make a viewer whose bytes the web server sends. `connection` is watched for its end."""
        return GeneratorViewer(self.viewers, admission, resumed.at, self.viewers.monotonic(), connection)

    def join(
        self, viewer: Viewer, scopes: Sequence[str], carrier: Carrier, resumed: Resumed, head: bytes = b""
    ) -> None:
        """Begin to serve a viewer: send `head`, hello, and the frames that it missed."""
        self.sweeper.schedule(viewer)
        self.viewers.add(viewer, scopes, carrier, self.hub.head)
        self.counts.opened.inc(carrier.name)
        self.counts.resumes.inc(resumed.resume)
        first = [self.sweeper.hello(resumed.resume), *resumed.frames]
        data = carrier.opening(random.randrange(1000, 5000), first)
        self.counts.add_sent(carrier.name, 1, len(first), len(data))
        self.viewers.write(viewer, head + data)
        if viewer.at != self.hub.head:
            # During its admission frames came, which the others have already got.
            self.fanout.serve_soon(viewer)

    def turn(self) -> float:
        """Send new frames, and once a second sweep. Returns the seconds until the next turn."""
        self.serve()
        now = self.viewers.monotonic()
        if now - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = now
            self.sweeper.sweep()
        return max(0.0, self._swept_at + SWEEP_SECONDS - self.viewers.monotonic())

    def serve(self) -> None:
        """Send every viewer the new frames, and a heartbeat when Redis goes away or comes back."""
        if self._degraded != self.hub.degraded:
            self._degraded = self.hub.degraded
            self.sweeper.hurry()
        self.fanout.serve()
        self.viewers.log_closed()
