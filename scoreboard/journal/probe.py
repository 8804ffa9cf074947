"""Checks whether facts can be written, without writing one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scoreboard.core.storage.db import Connection, Database, execute
from scoreboard.core.storage.unavailable import DatabaseUnavailable

GOOD_SECONDS = 1.0  # a good result is reused for this long: the health check may be called at any rate
NO_SHARD = -1  # no shard has this number


@dataclass(kw_only=True)
class WriteProbe:
    """Reports the fault of a recent write. Without one, it tries a write that changes nothing."""

    database: Database
    fault: Callable[[], DatabaseUnavailable | None]
    monotonic: Callable[[], float] = time.monotonic
    _good_until: float = field(default=0.0, init=False)

    def check(self) -> None:
        """Raise DatabaseUnavailable if facts can't be written."""
        fault = self.fault()
        if fault is not None:
            raise fault.with_traceback(None)
        if self.monotonic() < self._good_until:
            return
        self.database.run(_write_nothing)
        self._good_until = self.monotonic() + GOOD_SECONDS


def _write_nothing(db: Connection) -> None:
    # It matches no row, but a database that is read-only, or has revoked our rights, refuses it.
    execute(db, "UPDATE journal_head SET seq = seq WHERE shard = ?", (NO_SHARD,))
