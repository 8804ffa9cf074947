"""The health of a deployment: checks of the database, of Redis and of the followers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from scoreboard.core.storage.db import Database, rows, sqlite_library
from scoreboard.core.storage.redis import Breaker, RedisAway, RedisError
from scoreboard.core.storage.redisreasons import reason_of
from scoreboard.core.storage.unavailable import DatabaseUnavailable

MAX_LAG = 5000  # facts; a follower that is further behind needs attention
PUBLIC_KEYS = ("state", "reason")  # of a check: callers without a key see neither versions nor lags


@dataclass(frozen=True, kw_only=True)
class Health:
    """Checks the services that the deployment depends on."""

    database: Database
    writable: Callable[[], None]
    ping: Callable[[], object]
    probe: Callable[[], object]
    breaker: Breaker
    evicting: Callable[[], bool]
    lags: Mapping[str, Callable[[], int | None]]
    prepared: Callable[[], bool]

    def report(self) -> tuple[bool, dict[str, Any]]:
        """True if scores can be accepted, and the result of each check with its duration in milliseconds."""
        database = _check(self._query_database)
        checks = {"database": database, "redis": _check(self._ping_redis)}
        if database["state"] == "ok":
            checks |= {f"follower:{name}": _check(partial(_lag, read)) for name, read in self.lags.items()}
        ready = database["state"] == "ok" and self.prepared()
        return ready, checks

    def _query_database(self) -> dict[str, Any]:
        self.database.run(lambda db: rows(db, "SELECT seq FROM journal_head"))
        self.writable()
        return {} if self.database.postgres else {"sqlite": sqlite_library()}

    def _ping_redis(self) -> dict[str, Any]:
        self.breaker.call(self.ping)
        try:
            self.probe()
        except (RedisError, OSError) as error:
            # `probe` writes. It is not called through the breaker, which must not open for a Redis that only
            # refuses writes: it can still be read.
            raise RedisAway(str(error), reason_of(error)) from error
        return {"reason": "evicting"} if self.evicting() else {}


def brief(checks: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """These checks with only the fields that callers without a key may see."""
    return {name: {key: check[key] for key in PUBLIC_KEYS if key in check} for name, check in checks.items()}


def _lag(read: Callable[[], int | None]) -> dict[str, Any]:
    lag = read()
    if lag is None:
        return {"state": "rebuilding", "reason": "rebuilding", "behind": None}
    if lag < MAX_LAG:
        return {"behind": lag}
    return {"state": "behind", "reason": "behind", "behind": lag}


def _check(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    start = time.monotonic()
    try:
        result = run()
    except Exception as error:  # noqa: BLE001 - any error means that the check failed
        return {
            "state": "away",
            "reason": _reason(error),
            "error": type(error).__name__.removeprefix("Database"),
        }
    return {"state": "ok", **result, "ms": round((time.monotonic() - start) * 1000, 1)}


def _reason(error: Exception) -> str:
    if isinstance(error, RedisAway | DatabaseUnavailable):
        return error.reason
    return "unreachable" if isinstance(error, OSError) else "failed"
