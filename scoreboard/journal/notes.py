"""Notes: rows worth keeping that nobody waits for. They ride with the next batch's commit."""

from __future__ import annotations

from collections import deque
from typing import Any

from scoreboard.core.storage.db import Connection, Rows

MOST = 10_000  # then the oldest are lost
WAIT_SECONDS = 0.05  # how long they wait for a batch that takes them along


class DeferredRows:
    """Rows that wait to be written. They are no promise: a process that dies takes them with it.

    Used by the writer's thread only: folds add to them when they show a batch.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Rows, tuple[Any, ...]]] = deque(maxlen=MOST)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, table: Rows, row: tuple[Any, ...]) -> None:
        """Have a row written. Writing it twice must change nothing."""
        self._waiting.append((table, row))

    def write(self, db: Connection) -> int:
        """Write what waits, in the writer's transaction. Returns how many, for `forget`."""
        by_table: dict[Rows, list[tuple[Any, ...]]] = {}
        for table, row in self._waiting:
            by_table.setdefault(table, []).append(row)
        for table, rows in by_table.items():
            table.write(db, rows)
        return len(self._waiting)

    def forget(self, count: int) -> None:
        """The first `count` are committed."""
        for _ in range(count):
            self._waiting.popleft()
