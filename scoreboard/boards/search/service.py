"""Searching the players of a window by the beginning of their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoreboard.accounts.service import Names
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.reader import BoardReader
from scoreboard.boards.readings import Reading
from scoreboard.boards.search.keys import search_key
from scoreboard.boards.search.store import SearchEntries
from scoreboard.boards.search.types import Found
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.types import Board, Period, PlayerResult, Standing, Window
from scoreboard.boards.views import Located

MAX_SQL_ENTRIES = 10_000  # of a window, up to which SQL counts ranks fast enough


@dataclass(frozen=True, kw_only=True)
class Search:
    """Finds players by SQL, and their ranks in Redis."""

    catalogue: Catalogue
    reader: BoardReader
    windows: Windows
    entries: SearchEntries
    standings: Standings
    names: Names

    def find(self, board: Board, window: Window, period: Period, text: str, *, limit: int) -> Found:
        """The players of a window whose names begin with a text, without regard to case and accents."""
        row = self.windows.get(window)
        if row is None:
            return Found(total=0, players=[])
        players = self.entries.find(row.id, search_key(text), limit)
        reading = self._find_ranked(board, row, period, players) if players else None
        if reading is None:
            found = self._without_ranks(board, row, players)
            return Found(total=row.entries, players=found, degraded=bool(found))
        by_player = {row.player: row for row in reading.rows}
        in_order = [by_player[player] for player in players if player in by_player]
        return Found(total=reading.total, players=in_order)

    def _find_ranked(
        self, board: Board, row: WindowRow, period: Period, players: Sequence[str]
    ) -> Reading | None:
        """The rows of players; None if ranks can't be read, or not fast enough."""
        question = Located(tuple(players))
        found = self.reader.read_shown(board, row.window, period, question)
        if found is None and row.closed_at is not None and row.entries <= MAX_SQL_ENTRIES:
            # Redis holds closed windows for some days only.
            return self.catalogue.in_order(
                board, lambda board: self.reader.read(board, row.window, period, question)
            )
        return found

    def _without_ranks(self, board: Board, row: WindowRow, players: Sequence[str]) -> list[PlayerResult]:
        columns = [column.name for column in board.definition.columns]
        found, names = self.standings.of(row.id, players, len(columns)), self.names.of(players)
        return [
            _of_standing(found[player], names.get(player, player), columns)
            for player in players
            if player in found
        ]


def _of_standing(standing: Standing, name: str, columns: Sequence[str]) -> PlayerResult:
    return PlayerResult(
        player=standing.player,
        name=name,
        score=standing.score,
        columns=dict(zip(columns, standing.columns, strict=True)),
        reached_at=standing.reached_at,
        metadata=standing.metadata,
    )
