"""Standings and windows in SQL: read and written by the writer, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from scoreboard.boards.order import Order
from scoreboard.boards.types import Period, Standing, Window
from scoreboard.core.storage.db import Connection, Rows, execute, one_of, rows

PAGE = 5000
STANDING = "player, score, c1, c2, reached_at, reached_by, version, metadata, sort_key"
STANDINGS = Rows(
    table="standing",
    columns=(
        ("window_id", "bigint"),
        ("player", "text"),
        ("score", "bigint"),
        ("c1", "bigint"),
        ("c2", "bigint"),
        ("reached_at", "bigint"),
        ("reached_by", "bigint"),
        ("version", "bigint"),
        ("sort_key", "text"),
        ("metadata", "text"),
    ),
    # Only a newer fact may change a standing, whoever writes it.
    conflict="ON CONFLICT (window_id, player) DO UPDATE SET score = excluded.score, c1 = excluded.c1,"
    " c2 = excluded.c2, reached_at = excluded.reached_at, reached_by = excluded.reached_by,"
    " version = excluded.version, sort_key = excluded.sort_key, metadata = excluded.metadata"
    " WHERE standing.version < excluded.version",
)
WINDOW = (
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


def window_row(db: Connection, window: Window) -> WindowRow | None:
    """A window's row, or None where nobody has a standing in it."""
    found = rows(
        db,
        f"SELECT {WINDOW} FROM board_window WHERE board = ? AND period = ? AND segment = ?",
        (window.board, window.period, window.region),
    )
    return as_window(found[0]) if found else None


def window_rows(db: Connection, board: str) -> list[WindowRow]:
    """All windows of a board."""
    text = f"SELECT {WINDOW} FROM board_window WHERE board = ? ORDER BY id"
    return [as_window(row) for row in rows(db, text, (board,))]


def period_rows(db: Connection, board: str, period: str) -> list[WindowRow]:
    """The windows of one period of a board."""
    text = f"SELECT {WINDOW} FROM board_window WHERE board = ? AND period = ? ORDER BY id"
    return [as_window(row) for row in rows(db, text, (board, period))]


def open_rows(db: Connection) -> list[WindowRow]:
    """Windows that are not closed."""
    text = f"SELECT {WINDOW} FROM board_window WHERE closed_at IS NULL ORDER BY id"
    return [as_window(row) for row in rows(db, text)]


def closed_rows(db: Connection, since: int) -> list[WindowRow]:
    """Windows that were closed after a time, newest first."""
    text = f"SELECT {WINDOW} FROM board_window WHERE closed_at > ? ORDER BY closed_at DESC"
    return [as_window(row) for row in rows(db, text, (since,))]


def due_rows(db: Connection, now: int) -> list[WindowRow]:
    """Windows whose period is over and not yet closed."""
    found = rows(
        db,
        f"SELECT {WINDOW} FROM board_window WHERE closed_at IS NULL AND ends_at <= ? ORDER BY ends_at",
        (now,),
    )
    return [as_window(row) for row in found]


def new_window(db: Connection, window: Window, period: Period, *, version: int, at: int) -> WindowRow:
    """Create a window's row, with no standings in it yet."""
    ((id,),) = rows(
        db,
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


def write_window(db: Connection, row: WindowRow) -> None:
    """Write what a batch changed of a window."""
    execute(
        db,
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


def standings_of(db: Connection, window_id: int, players: Sequence[str], columns: int) -> dict[str, Standing]:
    """The standings of these players in one window."""
    condition, value = one_of(db, "player", players)
    found = rows(
        db, f"SELECT {STANDING} FROM standing WHERE window_id = ? AND {condition}", (window_id, value)
    )
    return {row[0]: standing(row, columns) for row in found}


def standings_page(db: Connection, window_id: int, columns: int, *, after: str, limit: int) -> list[Standing]:
    """Up to `limit` standings of a window, by player, those after a given one."""
    found = rows(
        db,
        f"SELECT {STANDING} FROM standing WHERE window_id = ? AND player > ? ORDER BY player LIMIT ?",
        (window_id, after, limit),
    )
    return [standing(row, columns) for row in found]


def all_standings(db: Connection, window_id: int, columns: int) -> Iterator[Standing]:
    """All standings of a window, by player."""
    after = ""
    while page := standings_page(db, window_id, columns, after=after, limit=PAGE):
        yield from page
        after = page[-1].player


def write_standings(db: Connection, written: Iterable[tuple[int, Standing]], order: Order) -> None:
    """Create or replace standings, given with the ids of their windows."""
    STANDINGS.write(db, [_row(window_id, standing, order) for window_id, standing in written])


def delete_board(db: Connection, board: str) -> None:
    """Delete all windows and standings of a board."""
    execute(
        db,
        "DELETE FROM standing WHERE window_id IN (SELECT id FROM board_window WHERE board = ?)",
        (board,),
    )
    execute(db, "DELETE FROM board_window WHERE board = ?", (board,))


def delete_standings(db: Connection, window_id: int) -> None:
    """Delete all standings of a window."""
    execute(db, "DELETE FROM standing WHERE window_id = ?", (window_id,))


def delete_standing(db: Connection, window_id: int, player: str) -> None:
    """Delete a player's standing in a window."""
    execute(db, "DELETE FROM standing WHERE window_id = ? AND player = ?", (window_id, player))


def standing(row: Sequence[Any], columns: int) -> Standing:
    """A standing from a row of its table."""
    player, score, c1, c2, reached_at, reached_by, version, metadata, key = row
    return Standing(
        player=player,
        score=score,
        columns=(c1, c2)[:columns],
        reached_at=reached_at,
        reached_by=reached_by,
        version=version,
        metadata=metadata,
        key=key,
    )


def _row(window_id: int, standing: Standing, order: Order) -> tuple[Any, ...]:
    c1, c2 = (*standing.columns, 0, 0)[:2]
    return (
        window_id,
        standing.player,
        standing.score,
        c1,
        c2,
        standing.reached_at,
        standing.reached_by,
        standing.version,
        order.key(standing),
        standing.metadata,
    )


def as_window(row: Sequence[Any]) -> WindowRow:
    """A window from a row of its table."""
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
