"""The table that counts the recorded refusals of each player in each hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoreboard.core.storage.db import Rows, rows
from scoreboard.core.storage.table import Table

SLICE = 1000  # rows that are deleted in one transaction
REFUSED = Rows(
    table="action_refused",
    columns=(("hour", "bigint"), ("player", "text"), ("facts", "bigint")),
    conflict="ON CONFLICT (hour, player) DO UPDATE SET facts = excluded.facts",
)


class StoredRefusals(Table):
    """Counts of refusals by hour and player."""

    def counts(self, hour: int, players: Sequence[str]) -> dict[str, int]:
        """The numbers of recorded refusals by player. `hour` is counted since 1970."""
        condition, value = self.one_of("player", players)
        text = f"SELECT player, facts FROM action_refused WHERE hour = ? AND {condition}"
        return dict(self.rows(text, (hour, value)))

    def write(self, hour: int, counts: Mapping[str, int]) -> None:
        """Write the counts of these players in this hour."""
        values = [(hour, player, facts) for player, facts in counts.items()]
        self.run(lambda db: REFUSED.write(db, values))

    def forget(self, before: int) -> None:
        """Delete the counts of the hours before this one."""
        text = (
            "DELETE FROM action_refused WHERE (hour, player) IN"
            " (SELECT hour, player FROM action_refused WHERE hour < ? LIMIT ?) RETURNING hour"
        )
        # Slice by slice, so that the write lock is never held for long.
        while len(self.transaction(lambda db: rows(db, text, (before, SLICE)))) == SLICE:
            pass
