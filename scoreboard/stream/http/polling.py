"""Polls: the frames that followed a cursor, or the next ones after a wait."""

from __future__ import annotations

import time
from dataclasses import dataclass

from scoreboard.stream.http.service import StreamService
from scoreboard.stream.http.types import Opening, PollAnswer, Refusal, StreamRequest, Watch
from scoreboard.stream.protocol import closing
from scoreboard.stream.protocol.types import Cursor, Encoded
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.personal import Personal
from scoreboard.stream.serving.signals import Signals


@dataclass(frozen=True, kw_only=True)
class Polling:
    """Answers polls."""

    service: StreamService
    hub: Hub
    personal: Personal
    signals: Signals

    def poll(self, request: StreamRequest, wait: float) -> PollAnswer | Refusal:
        """The frames after a cursor, or within `wait` seconds the next ones. Raises as `authorize`."""
        watch = self.service.authorize(request)
        seen = request.told or self.hub.signals_read
        if watch.expired:
            return _expired()
        opening = self.service.admit(watch, wait)
        try:
            new_frames, at = opening.resumed.frames, opening.resumed.at
            # Until a first frame is published, the cursor stays the same, and the same snapshots come again.
            if (not new_frames or watch.since == str(at)) and not self._private_frames(watch, seen):
                watch, new_frames, at = self._wait(request, watch, opening, seen, wait)
        finally:
            opening.admission.release()
        return _expired() if watch.expired else self._answer(watch, new_frames, at, seen)

    def _wait(
        self, request: StreamRequest, watch: Watch, opening: Opening, seen: Cursor, seconds: float
    ) -> tuple[Watch, list[Encoded], Cursor]:
        """Wait for new frames, if there is a slot for it. The request is authorized again after the wait."""
        admission, new_frames, at = opening.admission, opening.resumed.frames, opening.resumed.at
        if opening.refused:
            self.service.counts.refused.inc(opening.refused)
        if not admission.has_slot:
            return watch, new_frames, at
        later_frames, at = self._next(watch, at, seen, seconds)
        # The board may be private by now, or the session over.
        return self.service.authorize(request), later_frames or new_frames, at

    def _next(self, watch: Watch, at: Cursor, seen: Cursor, seconds: float) -> tuple[list[Encoded], Cursor]:
        until = time.monotonic() + seconds
        while True:
            changed = self.hub.changed
            new_frames, at = self.hub.after(watch.scopes, at)
            if (
                new_frames
                or self._private_frames(watch, seen)
                or self.service.slots.closed
                or time.monotonic() >= until
            ):
                return new_frames, at
            changed.wait(until - time.monotonic())

    def _private_frames(self, watch: Watch, seen: Cursor) -> list[Encoded]:
        """The private frames that a poll has not seen."""
        return self.signals.recent_frames(watch.client.player, seen) if watch.client.player else []

    def _answer(self, watch: Watch, new_frames: list[Encoded], at: Cursor, seen: Cursor) -> PollAnswer:
        player = watch.client.player
        if not player:
            return PollAnswer(at, new_frames, private=[], told=None)
        ranks = self.personal.frames(watch.scopes, player)
        # Nothing below yields: the position is that of the frames.
        return PollAnswer(
            at, new_frames, [*ranks, *self._private_frames(watch, seen)], max(self.hub.signals_read, seen)
        )


def _expired() -> Refusal:
    """The answer to a poll whose ticket is too old."""
    return Refusal(closing.frame("auth_expired"))
