"""Fan-out: each frame is encoded once for an audience, and written to all its viewers in one loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from scoreboard.stream.protocol.types import Encoded
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.turns import Turns
from scoreboard.stream.serving.viewer import Viewer
from scoreboard.stream.serving.viewers import Audience, Viewers

MAIL = 16  # private frames that wait for a viewer that can't take more


@dataclass(kw_only=True)
class Fanout:
    """Sends the hub's new frames to the viewers."""

    hub: Hub
    viewers: Viewers
    counts: StreamCounts
    listeners: list[Callable[[], None]] = field(default_factory=list)  # called when a viewer is behind
    seconds: float = 0.0  # that the last round of writing to all viewers took, without the turns of others
    _behind: deque[Viewer] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.viewers.ready_listeners.append(self.serve_soon)

    def serve(self) -> None:
        """Send every viewer the frames that are new to it."""
        turns, deliveries = Turns(self.viewers.monotonic), 0
        for audience in self.viewers.audiences():
            deliveries += self._send_new(audience, turns)
        for part in self.viewers.parts([self._behind.popleft() for _ in range(len(self._behind))], turns):
            for viewer in part:
                self.catch_up(viewer)
        if deliveries:
            self.seconds = turns.seconds
            self.counts.add_fanout(self.seconds)

    def serve_soon(self, viewer: Viewer) -> None:
        """Queue a viewer that is behind the others for the next round. Called by the event loop too."""
        self._behind.append(viewer)
        for listener in self.listeners:
            listener()

    def tell(self, viewer: Viewer, frame: Encoded) -> None:
        """Send a private frame, or keep it until the connection can take it. Beyond `MAIL` it is lost."""
        if viewer.closed or viewer.ending or self.viewers.send(viewer, frame):
            return
        viewer.mail = [*(viewer.mail or ()), frame][:MAIL]

    def catch_up(self, viewer: Viewer) -> None:
        """Serve a viewer whose position is not that of its audience, or that has private frames waiting."""
        if viewer.closed or viewer.ending:
            return
        if viewer.blocked:
            self.counts.conflated.inc()  # no frame is kept for it, only its position
            return
        frames, at = self.hub.after(viewer.audience.scopes, viewer.at, behind=True)
        if viewer.mail:
            frames, viewer.mail = [*frames, *viewer.mail], None
        if frames:
            viewer.at = at
            data = viewer.audience.carrier.carry(frames)
            self.counts.add_sent(viewer.audience.carrier.name, 1, len(frames), len(data))
            self.viewers.write(viewer, data)

    def _send_new(self, audience: Audience, turns: Turns) -> int:
        """Send an audience its new frames. Returns the number of viewers that got them."""
        before = audience.at
        frames, at = self.hub.after(audience.scopes, before)
        if not frames:
            return 0
        audience.at = at
        data, deliveries, write = audience.carrier.carry(frames), 0, self.viewers.write
        for part in self.viewers.parts(list(audience.viewers), turns):
            for viewer in part:
                if (viewer.at is before or viewer.at == before) and not viewer.blocked:
                    viewer.at = at
                    deliveries += write(viewer, data)
                else:
                    self.catch_up(viewer)
        self.counts.add_sent(audience.carrier.name, deliveries, len(frames), len(data))
        return deliveries
