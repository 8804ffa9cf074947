"""How many refusals of a player the journal took in an hour, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoreboard.core.storage.db import Connection, Database, Rows, one_of, rows

SLICE = 1000
REFUSED = Rows(
    table="action_refused",
    columns=(("hour", "bigint"), ("player", "text"), ("facts", "bigint")),
    conflict="ON CONFLICT (hour, player) DO UPDATE SET facts = excluded.facts",
)


class StoredRefusals:
    """Counts of refusals, as they are deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget(self, before: int) -> None:
        """Delete the counts of the hours before this one."""
        text = (
            "DELETE FROM action_refused WHERE (hour, player) IN"
            " (SELECT hour, player FROM action_refused WHERE hour < ? LIMIT ?) RETURNING hour"
        )
        # Slice by slice: nobody waits long for the write lock.
        while len(self._database.transaction(lambda db: rows(db, text, (before, SLICE)))) == SLICE:
            pass


def taken(db: Connection, hour: int, players: Sequence[str]) -> dict[str, int]:
    """How many refusals of each of these players were taken in this hour."""
    condition, value = one_of(db, "player", players)
    text = f"SELECT player, facts FROM action_refused WHERE hour = ? AND {condition}"
    return dict(rows(db, text, (hour, value)))


def write_taken(db: Connection, hour: int, taken: Mapping[str, int]) -> None:
    """Write how many were taken."""
    REFUSED.write(db, [(hour, player, facts) for player, facts in taken.items()])
