"""The last frames of one board, from which a returning viewer is served. Pure."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from scoreboard.stream.protocol.types import Encoded

FRAMES, SECONDS, BYTES = 512, 120, 1_000_000


class TimedFrame(NamedTuple):
    """A published frame and when it was added."""

    at: float  # monotonic seconds
    frame: Encoded


class FrameHistory:
    """Frames in order, as many as the limits allow."""

    def __init__(self, floor: int) -> None:
        """`floor` is the number of the last frame that is not kept: viewers with it can be served."""
        self._frames: deque[TimedFrame] = deque()
        self._bytes = 0
        self.floor = floor

    def append(self, frame: Encoded, at: float) -> None:
        """Add the newest frame (`at` monotonic seconds), and drop those beyond the limits."""
        self._frames.append(TimedFrame(at, frame))
        self._bytes += len(frame.line)
        while self._frames and (
            len(self._frames) > FRAMES or self._bytes > BYTES or self._frames[0].at < at - SECONDS
        ):
            oldest = self._frames.popleft()
            self._bytes -= len(oldest.frame.line)
            self.floor = oldest.frame.s

    def after(self, seq: int) -> list[Encoded] | None:
        """The frames that follow `seq`; None if some of them are not kept any more."""
        if seq < self.floor:
            return None
        return [timed.frame for timed in self._frames if timed.frame.s > seq]
