"""Deferred rows: worth keeping, but nobody waits for them. They are written with the next batch."""

from __future__ import annotations

from collections import deque
from typing import Any

from scoreboard.core.storage.db import Connection, Rows

MOST = 10_000  # rows; the oldest ones beyond that are dropped
WAIT_SECONDS = 0.05  # for a batch to write them with; then they are written alone


class DeferredRows:
    """Rows that wait for the next commit. They are lost if the process ends before it.

    Only the writer's thread uses them: folds add rows when they project a batch.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Rows, tuple[Any, ...]]] = deque(maxlen=MOST)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, table: Rows, row: tuple[Any, ...]) -> None:
        """Have a row written. Writing it twice must change nothing."""
        self._waiting.append((table, row))

    def write(self, db: Connection) -> int:
        """Write the waiting rows in the writer's transaction. Returns how many, for `forget`."""
        by_table: dict[Rows, list[tuple[Any, ...]]] = {}
        for table, row in self._waiting:
            by_table.setdefault(table, []).append(row)
        for table, rows in by_table.items():
            table.write(db, rows)
        return len(self._waiting)

    def forget(self, count: int) -> None:
        """Drop the first `count` rows: they are committed, or can't be written."""
        for _ in range(count):
            self._waiting.popleft()
