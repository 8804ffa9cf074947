"""Wall-clock time in whole milliseconds since 1970, UTC."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

Clock = Callable[[], int]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]  # as rfc3339 writes it

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z, the last instant that RFC 3339 can express


def now() -> int:
    """The time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def rfc3339(at: int) -> str:
    """`at` (milliseconds since 1970) as text, as in 2026-01-01T00:05:00.000Z."""
    seconds, milliseconds = divmod(at, 1000)
    return f"{_to_the_second(seconds)}.{milliseconds:03}Z"


def parse(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time with an offset. Raises ValueError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a time as in 2026-01-01T00:00:00Z") from None
    if instant.tzinfo is None:
        raise ValueError("a time needs an offset, as in 2026-01-01T00:00:00Z")
    at = (instant - EPOCH) // timedelta(milliseconds=1)
    if not 0 <= at <= LATEST:
        raise ValueError("a time must be between 1970 and 9999")
    return at


def to_datetime(at: int) -> datetime:
    """`at` (milliseconds since 1970) as a datetime in UTC."""
    return EPOCH + timedelta(milliseconds=at)


def from_datetime(instant: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


@functools.lru_cache(maxsize=4096)
def _to_the_second(seconds: int) -> str:
    # Most instants that are formatted lie in the same few seconds.
    return (EPOCH + timedelta(seconds=seconds)).isoformat()[:-6]
