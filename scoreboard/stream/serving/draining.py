"""Draining: a process that ends sends its viewers away, spread over some seconds."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field

from scoreboard.stream.protocol import closing
from scoreboard.stream.serving.admission import Slots
from scoreboard.stream.serving.hub import Hub
from scoreboard.stream.serving.viewers import Viewers

DRAIN_SECONDS = 15.0


@dataclass(kw_only=True)
class Drain:
    """Ends all streams, so that their clients do not all reconnect at once."""

    hub: Hub
    viewers: Viewers
    slots: Slots
    done: threading.Event = field(default_factory=threading.Event)

    def drain(self) -> None:
        """Admit no more clients, and end all streams. If that has begun already, wait until it is done."""
        if self.slots.closed:
            self.done.wait(DRAIN_SECONDS)
            return
        self.slots.closed = True
        self.hub.wake()  # polls that wait are answered
        viewers = self.viewers.all()
        random.shuffle(viewers)
        seconds, start = closing.drain_seconds(len(viewers)), self.viewers.monotonic()
        for number, viewer in enumerate(viewers, 1):
            self.viewers.end(viewer, closing.frame("drain"))
            rest = start + seconds * number / len(viewers) - self.viewers.monotonic()
            if rest > 0.01:
                time.sleep(rest)
        self.done.set()
