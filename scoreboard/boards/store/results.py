"""A player's results in the periods of a board, from SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from scoreboard.boards.types import Period
from scoreboard.core.storage.table import Table

TEXT = """
SELECT w.period, w.kind, w.starts_at, w.ends_at, s.sort_key FROM (
    SELECT id, period, kind, starts_at, ends_at FROM board_window
    WHERE board = ? AND segment = '' AND kind = ? AND starts_at IS NOT NULL
    ORDER BY starts_at DESC LIMIT ?
) w JOIN standing s ON s.window_id = w.id AND s.player = ?
ORDER BY w.starts_at DESC
"""


class PastResult(Struct, frozen=True, kw_only=True):
    """A period in which a player has a standing. The greater the key, the better the result."""

    period: Period
    key: str


class Results(Table):
    """The results of single players. All periods are of all regions."""

    def of(self, player: str, board: str, kind: str, *, periods: int) -> list[PastResult]:
        """A player's results in the newest periods of a kind, newest first."""
        return [_result(row) for row in self.rows(TEXT, (board, kind, periods, player))]


def _result(row: Sequence[Any]) -> PastResult:
    period, kind, starts_at, ends_at, key = row
    return PastResult(period=Period(period, kind, starts_at, ends_at), key=key)
