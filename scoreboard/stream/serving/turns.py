"""Turns: long work on many viewers stops every millisecond, so that requests are answered in between."""

from __future__ import annotations

import time
from collections.abc import Callable

# A request waits for about six turns until it is answered. A turn of other greenlets costs some 20 µs.
TURN_SECONDS = 0.001


class Turns:
    """Divides one piece of work into turns, and counts the seconds that they take."""

    __slots__ = ("_began", "_ended", "_monotonic")

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began = monotonic()
        self._ended = 0.0  # seconds of the turns that ended

    @property
    def seconds(self) -> float:
        """The time that the work took, without the turns of others."""
        return self._ended + self._monotonic() - self._began

    def pause(self) -> None:
        """Let other greenlets have a turn, if this one has taken long enough."""
        seconds = self._monotonic() - self._began
        if seconds >= TURN_SECONDS:
            self._ended += seconds
            time.sleep(0)
            self._began = self._monotonic()
