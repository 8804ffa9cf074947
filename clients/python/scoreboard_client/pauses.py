"""How long to wait between streams. Pure but for chance and the clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

FIRST_SECONDS, LONGEST_SECONDS = 0.5, 30.0
STEADY_SECONDS = 10.0  # a stream that held for so long ends a row of failures
NEVER = float("inf")


@dataclass
class Pauses:
    """Longer after each failure in a row."""

    chance: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    _failures: int = 0
    _opened_at: float = NEVER

    def opened(self) -> None:
        """Something came."""
        self._opened_at = min(self._opened_at, self.monotonic())

    def ended(self) -> None:
        """The stream ended, for whatever reason."""
        if self.monotonic() - self._opened_at >= STEADY_SECONDS:
            self._failures = 0
        self._opened_at = NEVER

    def failed(self) -> float:
        """Seconds to the next try, after a stream that ended as it should not."""
        # Full jitter: those whom one outage cut off together do not come back together.
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * (1 << min(self._failures, 10)))
        self._failures += 1
        return self.chance() * longest
