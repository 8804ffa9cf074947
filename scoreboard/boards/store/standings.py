"""The table of standings: each player's score in each window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scoreboard.boards.order import Order
from scoreboard.boards.types import Standing
from scoreboard.core.storage.db import Connection, Rows, one_of, rows
from scoreboard.core.storage.table import Table

PAGE = 5000
BEFORE_BEST = ("~", "")  # greater than any order key
COLUMNS = "player, score, c1, c2, reached_at, reached_by, version, metadata, sort_key"


def _rows_of(table: str) -> Rows:
    return Rows(
        table=table,
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
        # Only a newer fact may change a standing, in every process.
        conflict="ON CONFLICT (window_id, player) DO UPDATE SET score = excluded.score, c1 = excluded.c1,"
        " c2 = excluded.c2, reached_at = excluded.reached_at, reached_by = excluded.reached_by,"
        " version = excluded.version, sort_key = excluded.sort_key, metadata = excluded.metadata"
        f" WHERE {table}.version < excluded.version",
    )


STANDINGS, HIDDEN = _rows_of("standing"), _rows_of("hidden_standing")


class Standings(Table):
    """The listed standings of all windows. `columns` is the number of columns of the window's board."""

    target = STANDINGS

    def of(self, window_id: int, players: Sequence[str], columns: int) -> dict[str, Standing]:
        """The standings of these players in one window."""

        def find(db: Connection) -> dict[str, Standing]:
            condition, value = one_of(db, "player", players)
            text = f"SELECT {COLUMNS} FROM {self.target.table} WHERE window_id = ? AND {condition}"
            return {row[0]: _as_standing(row, columns) for row in rows(db, text, (window_id, value))}

        return self.run(find)

    def page(self, window_id: int, columns: int, *, after: str, limit: int) -> list[Standing]:
        """Up to `limit` standings of a window, by player, those after a given one."""
        table = self.target.table
        text = f"SELECT {COLUMNS} FROM {table} WHERE window_id = ? AND player > ? ORDER BY player LIMIT ?"
        return [_as_standing(row, columns) for row in self.rows(text, (window_id, after, limit))]

    def best(
        self, window_id: int, columns: int, *, after: tuple[str, str] = BEFORE_BEST, limit: int
    ) -> list[Standing]:
        """Up to `limit` standings of a window, the best first, those after an order key and a player."""
        text = (
            f"SELECT {COLUMNS} FROM standing WHERE window_id = ? AND (sort_key, player) < (?, ?)"
            " ORDER BY sort_key DESC, player DESC LIMIT ?"
        )
        return [_as_standing(row, columns) for row in self.rows(text, (window_id, *after, limit))]

    def all(self, window_id: int, columns: int) -> Iterator[Standing]:
        """All standings of a window, by player. Of one state only inside a transaction."""
        after = ""
        while page := self.page(window_id, columns, after=after, limit=PAGE):
            yield from page
            after = page[-1].player

    def write(self, standings: Iterable[tuple[int, Standing]], order: Order) -> None:
        """Create or replace standings. Each comes with the id of its window."""
        lines = [standing_row(window_id, standing, order) for window_id, standing in standings]
        self.run(lambda db: self.target.write(db, lines))

    def delete(self, window_id: int, players: Sequence[str]) -> None:
        """Delete the standings of these players in a window."""
        condition, value = self.one_of("player", players)
        self.execute(
            f"DELETE FROM {self.target.table} WHERE window_id = ? AND {condition}", (window_id, value)
        )

    def delete_all(self, window_id: int) -> None:
        """Delete all standings of a window."""
        self.execute(f"DELETE FROM {self.target.table} WHERE window_id = ?", (window_id,))

    def windows_of(self, player: str) -> list[int]:
        """The ids of the windows in which a player has a standing."""
        text = (
            "SELECT id FROM board_window WHERE EXISTS"
            f" (SELECT 1 FROM {self.target.table} WHERE window_id = board_window.id AND player = ?)"
        )
        return [row[0] for row in self.rows(text, (player,))]


class HiddenStandings(Standings):
    """The standings of players who are not listed. Nothing that the public reads looks here."""

    target = HIDDEN


def standing_row(window_id: int, standing: Standing, order: Order) -> tuple[Any, ...]:
    """A row of the table."""
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


def _as_standing(row: Sequence[Any], columns: int) -> Standing:
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
