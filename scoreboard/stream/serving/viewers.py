"""The open streams of one process: their list, and writing to them."""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scoreboard.stream.protocol import closing
from scoreboard.stream.protocol.carriers import Carrier
from scoreboard.stream.protocol.types import Cursor, Encoded, Frame
from scoreboard.stream.protocol.websocket import Inbound
from scoreboard.stream.serving.counters import StreamCounts
from scoreboard.stream.serving.turns import Turns
from scoreboard.stream.serving.viewer import Viewer

log = logging.getLogger(__name__)

PART = 25  # viewers that are written to before the time is looked at
STALLED_SECONDS = 30.0
CHATTY_BYTES = 16 * 1024  # that a client may send on a stream without input


@dataclass(eq=False, kw_only=True, slots=True)
class Audience:
    """The viewers of the same boards by the same carrier: they are sent the same bytes."""

    scopes: tuple[str, ...]
    carrier: Carrier
    at: Cursor  # the position of its viewers, except of those that are behind
    viewers: dict[Viewer, None] = field(default_factory=dict)


@dataclass(kw_only=True)
class Viewers:
    """Knows the open streams of this process, writes to them and ends them."""

    counts: StreamCounts
    monotonic: Callable[[], float] = time.monotonic
    handing_over: bool = False  # connections can be taken from the web server
    ready_listeners: list[Callable[[Viewer], None]] = field(default_factory=list)  # a viewer can take more
    _audiences: dict[tuple[tuple[str, ...], Carrier], Audience] = field(default_factory=dict)
    _of_players: dict[str, dict[Viewer, None]] = field(default_factory=dict)
    _closed: deque[dict[str, object]] = field(default_factory=deque)  # to be logged

    def hand_over(self) -> None:
        """From now on, take connections from the web server, which can release them."""
        self.handing_over = True

    def add(self, viewer: Viewer, scopes: Sequence[str], carrier: Carrier, head: Cursor) -> None:
        """Add a stream. `head` is the position of a new audience."""
        key = (tuple(scopes), carrier)
        audience = self._audiences.get(key)
        if audience is None:
            audience = self._audiences[key] = Audience(scopes=key[0], carrier=carrier, at=head)
        audience.viewers[viewer] = None
        viewer.audience = audience
        if viewer.client.player:
            self._of_players.setdefault(viewer.client.player, {})[viewer] = None

    def audiences(self) -> list[Audience]:
        """Every audience."""
        return list(self._audiences.values())

    def all(self) -> list[Viewer]:
        """Every viewer."""
        return [viewer for audience in self.audiences() for viewer in audience.viewers]

    def of_player(self, player: str) -> list[Viewer]:
        """The viewers that a player's tickets opened."""
        return list(self._of_players.get(player, ()))

    def watching(self) -> dict[str, list[Audience]]:
        """The audiences of each scope that is watched."""
        by_scope: dict[str, list[Audience]] = {}
        for audience in self.audiences():
            for scope in audience.scopes:
                by_scope.setdefault(scope, []).append(audience)
        return by_scope

    def watchers(self) -> dict[str, list[Viewer]]:
        """The viewers of each scope that is watched."""
        return {
            scope: [viewer for audience in audiences for viewer in audience.viewers]
            for scope, audiences in self.watching().items()
        }

    # Writing

    def write(self, viewer: Viewer, data: bytes) -> bool:
        """Write to one viewer. Returns False if it is disconnected."""
        if viewer.closed:
            return False
        try:
            viewer.write(data)
        except OSError:
            self.on_closed(viewer)
            return False
        return True

    def send(self, viewer: Viewer, frame: Encoded) -> bool:
        """Send a frame to one viewer. Returns False if it can't take one now."""
        if viewer.closed or viewer.ending or viewer.blocked:
            return False
        return self.write(viewer, viewer.audience.carrier.carry([frame]))

    def send_all(self, viewers: list[Viewer], frame: Encoded) -> None:
        """Send some viewers a frame, except those that can't take one now."""
        for part in self.parts(viewers):
            for viewer in part:
                self.send(viewer, frame)

    def parts(self, viewers: list[Viewer], turns: Turns | None = None) -> Iterator[list[Viewer]]:
        """Some viewers in parts, between which other greenlets may have a turn."""
        turns = turns or Turns(self.monotonic)
        # Each time begins at another viewer, so that none is always the last.
        first = random.randrange(len(viewers)) if viewers else 0
        rotated = viewers[first:] + viewers[:first]
        for start in range(0, len(rotated), PART):
            turns.pause()
            yield rotated[start : start + PART]

    # Ending

    def end(self, viewer: Viewer, bye: Frame) -> None:
        """End a stream with a bye, after the private frames that wait."""
        if viewer.closed or viewer.ending:
            return
        viewer.ending, viewer.ends_at = True, self.monotonic() + STALLED_SECONDS
        self.counts.byes.inc(str(bye["code"]))
        carrier = viewer.audience.carrier
        data = carrier.carry(viewer.mail or ()) + carrier.closing(bye)
        if self.write(viewer, data) and not viewer.blocked:
            self.on_closed(viewer, bye["why"])

    def end_all(self, viewers: list[Viewer], why: str) -> None:
        """End some streams at once."""
        for part in self.parts(viewers):
            for viewer in part:
                self.end(viewer, closing.frame(why))

    def drop(self, chosen: Callable[[], bool]) -> None:
        """Close connections without a bye, as a broken network does: each for which `chosen` returns True."""
        for viewer in self.all():
            if chosen():
                self.on_closed(viewer, "cut")

    def log_closed(self) -> None:
        """Log the streams that were closed since the last call."""
        while self._closed:
            log.info("stream closed", extra=self._closed.popleft())

    # Called by the event loop too: must not wait

    def on_closed(self, viewer: Viewer, why: str = "left") -> None:
        """Remove a viewer and give its slot back. May be called twice."""
        if viewer.closed:
            return
        viewer.close()
        self._remove(viewer)
        viewer.admission.release()
        self.counts.closed.inc(why)
        seconds = round(self.monotonic() - viewer.opened_at, 1)
        self._closed.append({"why": why, "seconds": seconds, "bytes": viewer.sent})

    def on_drained(self, viewer: Viewer) -> None:
        """Continue after all written bytes were sent."""
        if viewer.ending:
            self.on_closed(viewer, "bye")
        elif viewer.at != viewer.audience.at or viewer.mail:
            for listener in self.ready_listeners:
                listener(viewer)

    def on_data(self, viewer: Viewer, data: bytes) -> None:
        """Handle bytes that the client sent."""
        if isinstance(viewer.inbound, Inbound):
            answer, ends = viewer.inbound.feed(data, self.monotonic())
            # An answer that can't be sent at once is dropped: it must not get between other bytes.
            is_sent = bool(answer) and not viewer.blocked and self.write(viewer, answer)
            viewer.ending |= ends
            if ends and not (is_sent and viewer.blocked):
                self.on_closed(viewer, "closed")
            return
        viewer.inbound += len(data)
        if viewer.inbound > CHATTY_BYTES:
            self.on_closed(viewer, "chatty")

    def _remove(self, viewer: Viewer) -> None:
        audience, player = viewer.audience, viewer.client.player
        if audience is None:
            return
        audience.viewers.pop(viewer, None)
        if not audience.viewers:
            self._audiences.pop((audience.scopes, audience.carrier), None)
        mine = self._of_players.get(player, {})
        mine.pop(viewer, None)
        if not mine:
            self._of_players.pop(player, None)
