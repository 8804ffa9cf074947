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

    def poll(self, sent: StreamRequest, wait: float) -> PollAnswer | Refusal:
        """The frames after a cursor, or within `wait` seconds the next ones. Raises as `authorize`."""
        watch = self.service.authorize(sent)
        seen = sent.told or self.hub.signals_read
        if watch.expired:
            return _expired()
        opening = self.service.admit(watch, wait)
        try:
            found, at = opening.resumed.frames, opening.resumed.at
            # If nothing was ever published, the same cursor comes again and again, with the same snapshots.
            if (not found or watch.since == str(at)) and not self._told(watch, seen):
                watch, found, at = self._wait(sent, watch, opening, seen, wait)
        finally:
            opening.admission.release()
        return _expired() if watch.expired else self._answer(watch, found, at, seen)

    def _wait(
        self, sent: StreamRequest, watch: Watch, opening: Opening, seen: Cursor, seconds: float
    ) -> tuple[Watch, list[Encoded], Cursor]:
        """Wait for something new, if there is a slot to wait in. The request is authorized again after it."""
        admission, found, at = opening.admission, opening.resumed.frames, opening.resumed.at
        if admission.refused:
            self.service.counts.refused.inc(admission.refused)
        if not admission.held:
            return watch, found, at
        came, at = self._next(watch, at, seen, seconds)
        # The board may be private by now, or the session over.
        return self.service.authorize(sent), came or found, at

    def _next(self, watch: Watch, at: Cursor, seen: Cursor, seconds: float) -> tuple[list[Encoded], Cursor]:
        until = time.monotonic() + seconds
        while True:
            changed = self.hub.changed
            found, at = self.hub.after(watch.scopes, at)
            if found or self._told(watch, seen) or self.service.slots.closed or time.monotonic() >= until:
                return found, at
            changed.wait(until - time.monotonic())

    def _told(self, watch: Watch, seen: Cursor) -> list[Encoded]:
        """The private frames that a poll has not seen."""
        return self.signals.told(watch.client.player, seen) if watch.client.player else []

    def _answer(self, watch: Watch, found: list[Encoded], at: Cursor, seen: Cursor) -> PollAnswer:
        player = watch.client.player
        if not player:
            return PollAnswer(at, found, private=[], told=None)
        ranks = self.personal.frames(watch.scopes, player)
        # Nothing below yields: the position is that of the frames.
        return PollAnswer(at, found, [*ranks, *self._told(watch, seen)], max(self.hub.signals_read, seen))


def _expired() -> Refusal:
    """The answer to a poll whose ticket is too old."""
    return Refusal(closing.frame("auth_expired"))
