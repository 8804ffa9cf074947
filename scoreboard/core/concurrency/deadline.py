"""The deadline of a request: every answer, also an error, comes within two seconds.

Each wait of a request (for a connection, a query, the writer) takes at most the time that `seconds_left`
returns, so several waits that fail one after another take no longer than one.
"""

from __future__ import annotations

import time
from contextvars import ContextVar

ANSWER_SECONDS = 1.5  # the rest of the two seconds is for work without waiting
WORK_SECONDS = 0.4  # for a password's hash and a commit
NEVER = float("inf")

_until: ContextVar[float] = ContextVar("until", default=NEVER)


def begin() -> None:
    """Begin a request's time, for this thread only."""
    _until.set(time.monotonic() + ANSWER_SECONDS)


def extend(seconds: float) -> None:
    """Add time that was spent waiting for the client itself."""
    _until.set(_until.get() + seconds)


def lift() -> None:
    """Remove the deadline of this request."""
    _until.set(NEVER)


def spare_seconds(most: float) -> float:
    """The seconds that a request may wait before its work, which keeps the time that it needs."""
    return max(0.0, seconds_left(most + WORK_SECONDS) - WORK_SECONDS)


def seconds_left(most: float) -> float:
    """The seconds that a request may wait: `most`, or less if its deadline is nearer."""
    return max(0.0, min(most, _until.get() - time.monotonic()))
