"""Finds entries in the journal by their conditions."""

from __future__ import annotations

from typing import Any

from scoreboard.boards.facts import ENTRY_KINDS
from scoreboard.core.storage.table import Table
from scoreboard.journal.types import SEVERAL_BOARDS
from scoreboard.moderation.types import EntryFilter


class Entries(Table):
    """The entries of the journal. A condition on the board also finds facts of several boards: check them."""

    def after(self, filter: EntryFilter, seq: int, up_to: int, limit: int) -> list[int]:
        """The numbers of the first entries after `seq` and up to `up_to`."""
        where, params = _conditions(filter)
        text = f"{where} AND j.seq > ? AND j.seq <= ? ORDER BY j.seq LIMIT ?"
        return self._find(text, (*params, seq, up_to, limit))

    def before(self, filter: EntryFilter, seq: int, limit: int) -> list[int]:
        """The numbers of the newest entries before `seq`, newest first."""
        where, params = _conditions(filter)
        return self._find(f"{where} AND j.seq < ? ORDER BY j.seq DESC LIMIT ?", (*params, seq, limit))

    def count(self, filter: EntryFilter) -> int:
        """The number of entries that a filter selects, at least."""
        where, params = _conditions(filter)
        text = f"SELECT COUNT(*) FROM journal j LEFT JOIN entry_state s ON s.seq = j.seq WHERE {where}"
        ((count,),) = self.rows(text, params)
        return int(count)

    def _find(self, where: str, params: tuple[Any, ...]) -> list[int]:
        text = f"SELECT j.seq FROM journal j LEFT JOIN entry_state s ON s.seq = j.seq WHERE {where}"
        return [row[0] for row in self.rows(text, params)]


def _conditions(filter: EntryFilter) -> tuple[str, list[Any]]:
    kinds = ", ".join(f"'{kind}'" for kind in ENTRY_KINDS)
    where, params = [f"j.kind IN ({kinds})"], list[Any]()
    for condition, value in (
        ("j.player = ?", filter.player),
        ("j.action = ?", filter.action_type),
        ("j.at >= ?", filter.from_),
        ("j.at <= ?", filter.to),
    ):
        if value not in ("", None):
            where.append(condition)
            params.append(value)
    if filter.board:
        where.append("j.board IN (?, ?)")
        params += [filter.board, SEVERAL_BOARDS]
    if filter.state == "counted":
        where.append("(s.state IS NULL OR s.state = 'counted')")
    elif filter.state:
        where.append("s.state = ?")
        params.append(filter.state)
    return " AND ".join(where), params
