"""Windows in SQL, for those who read them."""

from __future__ import annotations

from collections.abc import Sequence

from scoreboard.boards.store import standings as table
from scoreboard.boards.store.standings import WINDOW, WindowRow
from scoreboard.boards.types import Window
from scoreboard.core.storage.db import Connection, Database, one_of, rows


class Windows:
    """The windows of all boards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, window: Window) -> WindowRow | None:
        """A window, or None where nobody has a standing in it."""
        return self._database.run(lambda db: table.window_row(db, window))

    def of_period(self, board: str, period: str) -> WindowRow | None:
        """The window of all regions of a period by id."""
        return self.get(Window(board, period, ""))

    def open(self) -> list[WindowRow]:
        """Windows of periods that are not closed."""
        return self._database.run(table.open_rows)

    def closed_since(self, at: int) -> list[WindowRow]:
        """Windows that were closed after a time, newest first."""
        return self._database.run(lambda db: table.closed_rows(db, at))

    def of(self, board: str, period: str) -> list[WindowRow]:
        """The windows of one period of a board."""
        return self._database.run(lambda db: table.period_rows(db, board, period))

    def due(self, now: int) -> list[WindowRow]:
        """Windows whose period is over and not yet closed."""
        return self._database.run(lambda db: table.due_rows(db, now))

    def past(self, board: str, *, now: int, before: tuple[int, int] | None, limit: int) -> list[WindowRow]:
        """Windows of all regions whose period ended by `now`, newest first.

        `before` is start and id of the last one that is known already.
        """
        text = (
            f"SELECT {WINDOW} FROM board_window WHERE board = ? AND segment = '' AND ends_at <= ?"
            " AND (starts_at, id) < (?, ?) ORDER BY starts_at DESC, id DESC LIMIT ?"
        )
        start, id = before or (now, 0)
        found = self._database.run(lambda db: rows(db, text, (board, now, start, id, limit)))
        return [table.as_window(row) for row in found]

    def ranked(self, players: Sequence[str], since: int) -> set[str]:
        """Those of these players who have a standing in a window that was changed since a time."""
        text, found = "SELECT id FROM board_window WHERE changed_at >= ?", set[str]()
        # Window by window: that is how standings are found by player, and nothing waits for it.
        for (id,) in self._database.run(lambda db: rows(db, text, (since,))):
            found |= self._database.run(lambda db, id=id: _ranked_in(db, id, players))  # type: ignore[misc]
        return found


def windows_of(db: Connection, players: Sequence[str]) -> list[Window]:
    """The open windows in which these players have a standing."""
    condition, value = one_of(db, "player", players)
    text = (
        "SELECT board, period, segment FROM board_window WHERE closed_at IS NULL"
        f" AND EXISTS (SELECT 1 FROM standing WHERE window_id = board_window.id AND {condition})"
    )
    return [Window(*row) for row in rows(db, text, (value,))]


def _ranked_in(db: Connection, window_id: int, players: Sequence[str]) -> set[str]:
    condition, value = one_of(db, "player", players)
    text = f"SELECT player FROM standing WHERE window_id = ? AND {condition}"
    return {row[0] for row in rows(db, text, (window_id, value))}
