"""Whether facts can be written, found out without writing one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scoreboard.core.storage.db import Connection, Database, execute
from scoreboard.core.storage.unavailable import DatabaseUnavailable

GOOD_SECONDS = 1.0  # how long a good answer holds: anybody may ask, as often as they like
NO_SHARD = -1  # no row has this number


@dataclass(kw_only=True)
class WriteProbe:
    """Looks at how the newest write went, and otherwise tries a write that changes nothing."""

    database: Database
    trouble: Callable[[], DatabaseUnavailable | None]
    monotonic: Callable[[], float] = time.monotonic
    _good_until: float = field(default=0.0, init=False)

    def check(self) -> None:
        """Raise DatabaseUnavailable where facts can't be written."""
        trouble = self.trouble()
        if trouble is not None:
            raise trouble.with_traceback(None)
        if self.monotonic() < self._good_until:
            return
        self.database.run(_write_nothing)
        self._good_until = self.monotonic() + GOOD_SECONDS


def _write_nothing(db: Connection) -> None:
    # A read-only database refuses it all the same, and so does one where rights were revoked.
    execute(db, "UPDATE journal_head SET seq = seq WHERE shard = ?", (NO_SHARD,))
