"""How long a request may still take: an answer, good or bad, is there before two seconds are over.

Whatever a request waits for (a connection, a query, the writer) waits for what is `left`, so that several
waits that go wrong one after another take no longer than one.
"""

from __future__ import annotations

import time
from contextvars import ContextVar

ANSWER_SECONDS = 1.5  # the rest of the two seconds is for everything that is not waiting
WORK_SECONDS = 0.4  # for a password's hash and a commit
NEVER = float("inf")

_until: ContextVar[float] = ContextVar("until", default=NEVER)


def begin() -> None:
    """A request begins here. What runs in other threads is not bounded by it."""
    _until.set(time.monotonic() + ANSWER_SECONDS)


def extend(seconds: float) -> None:
    """So long was waited for the client itself, which is not counted."""
    _until.set(_until.get() + seconds)


def lift() -> None:
    """From here on this request may take as long as it takes."""
    _until.set(NEVER)


def spare(most: float) -> float:
    """How many seconds one may wait before the work begins: what the work needs is left of the request."""
    return max(0.0, left(most + WORK_SECONDS) - WORK_SECONDS)


def left(most: float) -> float:
    """How many seconds one may wait: `most`, or what is left of the request."""
    return max(0.0, min(most, _until.get() - time.monotonic()))
