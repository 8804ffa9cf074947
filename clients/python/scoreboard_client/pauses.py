"""The pauses between streams. Pure except for randomness and the clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_SECONDS, LONGEST_SECONDS = 0.5, 30.0
STEADY_SECONDS = 10.0  # a stream that was open for longer resets the count of failures
NEVER = float("inf")


@dataclass
class Pauses:
    """Pauses that grow with each failure in a row."""

    fraction: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    _failures: int = 0
    _opened_at: float = NEVER

    def on_frame(self) -> None:
        """A frame arrived."""
        self._opened_at = min(self._opened_at, self.monotonic())

    def on_end(self) -> None:
        """The stream ended, for any reason."""
        if self.monotonic() - self._opened_at >= STEADY_SECONDS:
            self._failures = 0
        self._opened_at = NEVER

    def after_failure(self) -> float:
        """Count a failure. Returns the seconds until the next try."""
        # Full jitter: after an outage clients then do not all come back at once.
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * (1 << min(self._failures, 10)))
        self._failures += 1
        return self.fraction() * longest
