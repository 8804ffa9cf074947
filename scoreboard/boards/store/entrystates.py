"""The table of entry states. An entry without a row counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from scoreboard.boards.types import EntryState
from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

STATES = Rows(
    table="entry_state",
    columns=(
        ("seq", "bigint"),
        ("player", "text"),
        ("state", "text"),
        ("recorded", "text"),
        ("changed", "bigint"),
    ),
    conflict="ON CONFLICT (seq) DO UPDATE SET state = excluded.state, changed = excluded.changed",
)

StateRow = tuple[
    int, str, EntryState, EntryState, int
]  # entry, player, state, state when recorded, changed by
Versions = dict[str, tuple[int, int]]  # of players' entry states: equal ones mean equal states


class EntryStates(Table):
    """The states of the entries that were ever held or reversed. Rows stay when entries count again."""

    def of(self, entries: Sequence[int]) -> dict[int, EntryState]:
        """The states of these entries; those without a row, which count, are missing."""
        condition, value = self.one_of("seq", entries)
        return dict(self.rows(f"SELECT seq, state FROM entry_state WHERE {condition}", (value,)))

    def recorded(self, entries: Sequence[int]) -> dict[int, EntryState]:
        """The states with which these entries were recorded, as far as they have rows."""
        condition, value = self.one_of("seq", entries)
        return dict(self.rows(f"SELECT seq, recorded FROM entry_state WHERE {condition}", (value,)))

    def not_counted(self, players: Collection[str]) -> set[int]:
        """The entries of these players that don't count."""
        condition, value = self.one_of("player", list(players))
        text = f"SELECT seq FROM entry_state WHERE state <> 'counted' AND {condition}"
        return {row[0] for row in self.rows(text, (value,))}

    def all_not_counted(self) -> set[int]:
        """All entries that don't count."""
        return {row[0] for row in self.rows("SELECT seq FROM entry_state WHERE state <> 'counted'")}

    def versions(self, players: Collection[str]) -> Versions:
        """A version of each player's states, without those who have none."""
        condition, value = self.one_of("player", list(players))
        text = f"SELECT player, COUNT(*), MAX(changed) FROM entry_state WHERE {condition} GROUP BY player"
        return {player: (count, newest) for player, count, newest in self.rows(text, (value,))}

    def write(self, states: Iterable[StateRow]) -> None:
        """Write states. The state with which an entry was recorded is written once."""
        lines = list(states)
        self.run(lambda db: STATES.write(db, lines))


def with_states(not_counted: Collection[int], states: Mapping[int, EntryState]) -> set[int]:
    """The entries that don't count, if `states` replaced the states of some."""
    return (set(not_counted) - states.keys()) | {seq for seq, one in states.items() if one != "counted"}
