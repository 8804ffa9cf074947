"""The table of windows, with the version and the number of entries of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from scoreboard.boards.types import Period, Window
from scoreboard.core.storage.db import Connection, one_of, rows
from scoreboard.core.storage.table import Table

COLUMNS = (
    "id, board, period, segment, kind, starts_at, ends_at, closed_at, version, changed_at, entries,"
    " revised_at"
)


class WindowRow(Struct, kw_only=True):
    """A window as SQL holds it."""

    id: int
    window: Window
    period: Period
    closed_at: int | None
    version: int  # the newest fact in it
    changed_at: int
    entries: int
    revised_at: int | None = None  # when its results were last changed after it was closed


class Windows(Table):
    """The windows of all boards. A window without standings has no row."""

    def get(self, window: Window) -> WindowRow | None:
        """A window."""
        where = "board = ? AND period = ? AND segment = ?"
        found = self._find(where, (window.board, window.period, window.region))
        return found[0] if found else None

    def of_period(self, board: str, period: str) -> WindowRow | None:
        """The window of all regions of a period by id."""
        return self.get(Window(board, period, ""))

    def of_board(self, board: str) -> list[WindowRow]:
        """All windows of a board."""
        return self._find("board = ? ORDER BY id", (board,))

    def by_id(self, ids: Sequence[int]) -> list[WindowRow]:
        """The windows with these ids."""
        condition, value = self.one_of("id", ids)
        return self._find(f"{condition} ORDER BY id", (value,))

    def in_period(self, board: str, period: str) -> list[WindowRow]:
        """The windows of one period of a board, one for each region."""
        return self._find("board = ? AND period = ? ORDER BY id", (board, period))

    def open(self) -> list[WindowRow]:
        """Windows of periods that are not closed."""
        return self._find("closed_at IS NULL ORDER BY id")

    def open_of_boards(self, boards: Sequence[str]) -> list[WindowRow]:
        """The windows of all regions of these boards' periods that are not closed."""

        def find(db: Connection) -> list[WindowRow]:
            condition, value = one_of(db, "board", boards)
            text = (
                f"SELECT {COLUMNS} FROM board_window WHERE closed_at IS NULL AND segment = '' AND {condition}"
            )
            return [_as_window(row) for row in rows(db, text, (value,))]

        return self.run(find)

    def closed_since(self, at: int) -> list[WindowRow]:
        """Windows that were closed after a time, newest first."""
        return self._find("closed_at > ? ORDER BY closed_at DESC", (at,))

    def due(self, now: int) -> list[WindowRow]:
        """Windows whose period is over and not yet closed."""
        return self._find("closed_at IS NULL AND ends_at <= ? ORDER BY ends_at", (now,))

    def past(
        self, board: str, *, now: int, before: tuple[int, int] | None, limit: int, kind: str = ""
    ) -> list[WindowRow]:
        """Windows of all regions whose period ended by `now`, newest first; of one kind, if it is given.

        `before` is start and id of the last one that is known already.
        """
        where = "board = ? AND segment = '' AND ends_at <= ? AND (starts_at, id) < (?, ?)"
        start, id = before or (now, 0)
        params: tuple[Any, ...] = (board, now, start, id)
        if kind:
            where, params = f"{where} AND kind = ?", (*params, kind)
        return self._find(f"{where} ORDER BY starts_at DESC, id DESC LIMIT ?", (*params, limit))

    def open_with(self, players: Sequence[str]) -> list[Window]:
        """The open windows in which any of these players has a standing."""

        def find(db: Connection) -> list[Window]:
            condition, value = one_of(db, "player", players)
            text = (
                "SELECT board, period, segment FROM board_window WHERE closed_at IS NULL"
                f" AND EXISTS (SELECT 1 FROM standing WHERE window_id = board_window.id AND {condition})"
            )
            return [Window(*row) for row in rows(db, text, (value,))]

        return self.run(find)

    def find_ranked(self, players: Sequence[str], since: int) -> set[str]:
        """Those of these players who have a standing in a window that changed at `since` or later."""
        found = set[str]()
        # Window by window, because standings are indexed by window and player. No request waits for it.
        for (id,) in self.rows("SELECT id FROM board_window WHERE changed_at >= ?", (since,)):
            found |= self.run(lambda db, id=id: _ranked_in(db, id, players))  # type: ignore[misc]
        return found

    def create(self, window: Window, period: Period, *, version: int, at: int) -> WindowRow:
        """Create a window's row, with no standings in it yet."""
        ((id,),) = self.rows(
            "INSERT INTO board_window (board, period, segment, kind, starts_at, ends_at, version,"
            " changed_at, entries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING id",
            (
                window.board,
                window.period,
                window.region,
                period.kind,
                period.starts_at,
                period.ends_at,
                version,
                at,
            ),
        )
        return WindowRow(
            id=id, window=window, period=period, closed_at=None, version=version, changed_at=at, entries=0
        )

    def write(self, row: WindowRow) -> None:
        """Write a window's row."""
        self.execute(
            "UPDATE board_window SET version = ?, changed_at = ?, entries = ?, closed_at = ?, kind = ?,"
            " starts_at = ?, ends_at = ?, revised_at = ? WHERE id = ?",
            (
                row.version,
                row.changed_at,
                row.entries,
                row.closed_at,
                row.period.kind,
                row.period.starts_at,
                row.period.ends_at,
                row.revised_at,
                row.id,
            ),
        )

    def delete_board(self, board: str) -> None:
        """Delete all windows of a board, with their standings and their entries of the search."""
        # SQLite gives the ids of deleted windows to new ones.
        for table in ("standing", "hidden_standing", "search_entry"):
            self.execute(
                f"DELETE FROM {table} WHERE window_id IN (SELECT id FROM board_window WHERE board = ?)",
                (board,),
            )
        self.execute("DELETE FROM board_window WHERE board = ?", (board,))

    def _find(self, where: str, params: Iterable[Any] = ()) -> list[WindowRow]:
        found = self.rows(f"SELECT {COLUMNS} FROM board_window WHERE {where}", params)
        return [_as_window(row) for row in found]


def _ranked_in(db: Connection, window_id: int, players: Sequence[str]) -> set[str]:
    condition, value = one_of(db, "player", players)
    tables = ("standing", "hidden_standing")
    text = " UNION ALL ".join(
        f"SELECT player FROM {one} WHERE window_id = ? AND {condition}" for one in tables
    )
    return {row[0] for row in rows(db, text, (window_id, value, window_id, value))}


def _as_window(row: Sequence[Any]) -> WindowRow:
    id, board, period, region, kind, starts_at, ends_at, closed_at, version, changed_at, entries, revised = (
        row
    )
    return WindowRow(
        id=id,
        window=Window(board, period, region),
        period=Period(period, kind, starts_at, ends_at),
        closed_at=closed_at,
        version=version,
        changed_at=changed_at,
        entries=entries,
        revised_at=revised,
    )
