"""The states of players: suspended, hidden, without the right to score, unlisted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from scoreboard.accounts.types import PlayerState
from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

COLUMNS = (
    "player, suspended, suspended_until, hidden, hidden_until, silenced, silenced_until, unlisted,"
    " concealed, changed"
)
STATES = Rows(
    table="player_state",
    columns=(
        ("player", "text"),
        ("suspended", "text"),
        ("suspended_until", "bigint"),
        ("hidden", "text"),
        ("hidden_until", "bigint"),
        ("silenced", "text"),
        ("silenced_until", "bigint"),
        ("unlisted", "bigint"),
        ("concealed", "bigint"),
        ("changed", "bigint"),
    ),
    conflict="ON CONFLICT (player) DO UPDATE SET suspended = excluded.suspended,"
    " suspended_until = excluded.suspended_until, hidden = excluded.hidden,"
    " hidden_until = excluded.hidden_until, silenced = excluded.silenced,"
    " silenced_until = excluded.silenced_until, unlisted = excluded.unlisted,"
    " concealed = excluded.concealed, changed = excluded.changed",
)


class PlayerStates(Table):
    """The states of players about whom something was decided, or who are unlisted."""

    def get(self, player: str) -> PlayerState:
        """A player's state."""
        return self.of([player]).get(player) or PlayerState(player=player)

    def of(self, players: Sequence[str]) -> dict[str, PlayerState]:
        """The states of those players who have a row."""
        condition, value = self.one_of("player", players)
        found = self.rows(f"SELECT {COLUMNS} FROM player_state WHERE {condition}", (value,))
        return {row[0]: _state(row) for row in found}

    def concealed(self, players: Collection[str]) -> set[str]:
        """Those of these players who are kept out of the lists."""
        condition, value = self.one_of("player", list(players))
        text = f"SELECT player FROM player_state WHERE concealed = 1 AND {condition}"
        return {row[0] for row in self.rows(text, (value,))}

    def all_concealed(self) -> set[str]:
        """All players who are kept out of the lists."""
        return {row[0] for row in self.rows("SELECT player FROM player_state WHERE concealed = 1")}

    def write(self, state: PlayerState) -> None:
        """Write a player's state."""
        row = (
            state.player,
            state.suspended,
            state.suspended_until,
            state.hidden,
            state.hidden_until,
            state.silenced,
            state.silenced_until,
            int(state.unlisted),
            int(state.concealed),
            state.changed,
        )
        self.run(lambda db: STATES.write(db, [row]))


def _state(row: Sequence[Any]) -> PlayerState:
    (
        player,
        suspended,
        suspended_until,
        hidden,
        hidden_until,
        silenced,
        silenced_until,
        unlisted,
        concealed,
        changed,
    ) = row
    return PlayerState(
        player=player,
        suspended=suspended,
        suspended_until=suspended_until,
        hidden=hidden,
        hidden_until=hidden_until,
        silenced=silenced,
        silenced_until=silenced_until,
        unlisted=bool(unlisted),
        concealed=bool(concealed),
        changed=changed,
    )
