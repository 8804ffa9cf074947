"""What this deployment depends on, and how each part is doing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from scoreboard.core.db import Database, rows, sqlite_library
from scoreboard.core.redis import Breaker, RedisAway

STUCK = 5000  # facts; a follower so far behind is worth a look


@dataclass(frozen=True, kw_only=True)
class Health:
    """Asks every part, and says who is missing."""

    database: Database
    ping: Callable[[], object]
    breaker: Breaker
    lags: Mapping[str, Callable[[], int | None]]
    prepared: Callable[[], bool]

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether scores can be taken, and the state of each part with its latency in milliseconds."""
        database = _checked(self._ask_database)
        checks = {"database": database, "redis": _checked(self._ask_redis)}
        if database["state"] == "ok":
            checks |= {f"follower:{name}": _checked(partial(_lag, ask)) for name, ask in self.lags.items()}
        ready = database["state"] == "ok" and self.prepared()
        return ready, checks

    def _ask_database(self) -> dict[str, Any]:
        self.database.run(lambda db: rows(db, "SELECT seq FROM journal_head"))
        return {} if self.database.postgres else {"sqlite": sqlite_library()}

    def _ask_redis(self) -> dict[str, Any]:
        self.breaker.call(self.ping)
        return {}


def _lag(ask: Callable[[], int | None]) -> dict[str, Any]:
    lag = ask()
    if lag is None:
        return {"state": "rebuilding", "behind": None}
    return {"state": "ok" if lag < STUCK else "behind", "behind": lag}


def _checked(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.monotonic()
    try:
        found = ask()
    except RedisAway:
        return {"state": "away"}
    except Exception as error:  # noqa: BLE001 - whatever it is, this part is not well
        return {"state": "away", "reason": type(error).__name__}
    return {"state": "ok", **found, "ms": round((time.monotonic() - started) * 1000, 1)}
