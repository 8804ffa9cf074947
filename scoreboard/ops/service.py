"""The parts that this deployment depends on, and their states."""

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

STUCK = 5000  # facts; a follower so far behind needs attention
PUBLIC = ("state", "reason")  # fields of a check that callers without a key see: neither versions nor lags


@dataclass(frozen=True, kw_only=True)
class Health:
    """Checks every part."""

    database: Database
    writable: Callable[[], None]
    ping: Callable[[], object]
    probe: Callable[[], object]
    breaker: Breaker
    evicting: Callable[[], bool]
    lags: Mapping[str, Callable[[], int | None]]
    prepared: Callable[[], bool]

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether scores can be accepted, and the state of each part with its latency in milliseconds."""
        database = _checked(self._ask_database)
        checks = {"database": database, "redis": _checked(self._ask_redis)}
        if database["state"] == "ok":
            checks |= {f"follower:{name}": _checked(partial(_lag, ask)) for name, ask in self.lags.items()}
        ready = database["state"] == "ok" and self.prepared()
        return ready, checks

    def _ask_database(self) -> dict[str, Any]:
        self.database.run(lambda db: rows(db, "SELECT seq FROM journal_head"))
        self.writable()
        return {} if self.database.postgres else {"sqlite": sqlite_library()}

    def _ask_redis(self) -> dict[str, Any]:
        self.breaker.call(self.ping)
        try:
            self.probe()
        except (RedisError, OSError) as error:
            # The breaker does not count this: a Redis that refuses writes can still be read.
            raise RedisAway(str(error), reason_of(error)) from error
        return {"reason": "evicting"} if self.evicting() else {}


def brief(checks: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """These checks without the fields that need a key."""
    return {name: {key: check[key] for key in PUBLIC if key in check} for name, check in checks.items()}


def _lag(ask: Callable[[], int | None]) -> dict[str, Any]:
    lag = ask()
    if lag is None:
        return {"state": "rebuilding", "reason": "rebuilding", "behind": None}
    if lag < STUCK:
        return {"behind": lag}
    return {"state": "behind", "reason": "behind", "behind": lag}


def _checked(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.monotonic()
    try:
        found = ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, this part is not well
        return {
            "state": "away",
            "reason": _reason(error),
            "error": type(error).__name__.removeprefix("Database"),
        }
    return {"state": "ok", **found, "ms": round((time.monotonic() - started) * 1000, 1)}


def _reason(error: Exception) -> str:
    if isinstance(error, RedisAway | DatabaseUnavailable):
        return error.reason
    return "unreachable" if isinstance(error, OSError) else "failed"
