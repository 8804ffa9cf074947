"""Whether facts can be written, for those who ask without writing any."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scoreboard.core.storage.db import Connection, Database, execute
from scoreboard.core.storage.unavailable import DatabaseUnavailable

GOOD_SECONDS = 1.0  # anybody may ask, as often as they like
NOBODY = -1  # no shard has this number


@dataclass(kw_only=True)
class WriteProbe:
    """Asks the newest write, which knows of full disks, and otherwise tries one that changes nothing."""

    database: Database
    trouble: Callable[[], DatabaseUnavailable | None]
    monotonic: Callable[[], float] = time.monotonic
    _good_until: float = field(default=0.0, init=False)

    def check(self) -> None:
        """Return where facts can be written. Raises DatabaseUnavailable."""
        trouble = self.trouble()
        if trouble is not None:
            raise trouble.with_traceback(None)
        if self.monotonic() < self._good_until:
            return
        self.database.run(_write_nothing)
        self._good_until = self.monotonic() + GOOD_SECONDS


def _write_nothing(db: Connection) -> None:
    # Databases that are read-only, and rights that were revoked, refuse it all the same.
    execute(db, "UPDATE journal_head SET seq = seq WHERE shard = ?", (NOBODY,))
