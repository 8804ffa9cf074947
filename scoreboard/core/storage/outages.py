"""Exceptions that are expected during an outage of a database or of Redis."""

from __future__ import annotations

from scoreboard.core.storage.redis import RedisError
from scoreboard.core.storage.unavailable import DatabaseUnavailable

OUTAGES = (RedisError, OSError, DatabaseUnavailable)
