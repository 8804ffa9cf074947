"""Deferred rows: no caller waits for them, so they are written with the next batch."""

from __future__ import annotations

from collections import deque
from typing import Any

from scoreboard.core.storage.db import Connection, Rows

MAX_ROWS = 10_000  # the oldest rows beyond that are dropped
WAIT_SECONDS = 0.05  # for the next batch; if none comes, the rows are written alone


class DeferredRows:
    """Rows that wait for the next commit. They are lost if the process ends before it.

    Folds add rows when they project a batch. That may be while the writer's thread commits the next one.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Rows, tuple[Any, ...]]] = deque(maxlen=MAX_ROWS)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, table: Rows, row: tuple[Any, ...]) -> None:
        """Add a row to be written. Writing it twice must change nothing."""
        self._waiting.append((table, row))

    def write(self, db: Connection) -> int:
        """Write the waiting rows in the writer's transaction. Returns their number, for `forget`."""
        by_table: dict[Rows, list[tuple[Any, ...]]] = {}
        waiting = self._waiting.copy()  # at once: rows may be added while these are written
        for table, row in waiting:
            by_table.setdefault(table, []).append(row)
        for table, rows in by_table.items():
            table.write(db, rows)
        return len(waiting)

    def forget(self, count: int) -> None:
        """Drop the first `count` rows: they are committed, or can't be written."""
        for _ in range(count):
            self._waiting.popleft()
