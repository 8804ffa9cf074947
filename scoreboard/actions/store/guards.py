"""The state of guards, in SQL: the end of each player's last exclusive action, and the points won so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoreboard.actions.rules import Wins
from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

EXCLUSIVE_ENDS = Rows(
    table="action_alone",
    columns=(("player", "text"), ("ended_at", "bigint")),
    conflict="ON CONFLICT (player) DO UPDATE SET ended_at = excluded.ended_at",
)
WINS = Rows(
    table="action_wins",
    columns=(
        ("player", "text"),
        ("action", "text"),
        ("hour", "bigint"),
        ("hour_points", "bigint"),
        ("day", "bigint"),
        ("day_points", "bigint"),
    ),
    conflict="ON CONFLICT (player, action) DO UPDATE SET hour = excluded.hour,"
    " hour_points = excluded.hour_points, day = excluded.day, day_points = excluded.day_points",
)


class StoredGuards(Table):
    """Ends of exclusive actions, and points won by capped action types."""

    def exclusive_ends(self, players: Sequence[str]) -> dict[str, int]:
        """The ends of these players' last exclusive actions, in milliseconds since 1970, by player."""
        condition, value = self.one_of("player", players)
        return dict(self.rows(f"SELECT player, ended_at FROM action_alone WHERE {condition}", (value,)))

    def wins(self, players: Sequence[str]) -> dict[tuple[str, str], Wins]:
        """The points that these players won by each capped action type, by player and action type."""
        condition, value = self.one_of("player", players)
        found = self.rows(
            f"SELECT player, action, hour, hour_points, day, day_points FROM action_wins WHERE {condition}",
            (value,),
        )
        return {
            (player, action): Wins(hour=hour, hour_points=hour_points, day=day, day_points=day_points)
            for player, action, hour, hour_points, day, day_points in found
        }

    def forget(self, player: str) -> None:
        """Delete a player's rows."""
        self.execute("DELETE FROM action_wins WHERE player = ?", (player,))
        self.execute("DELETE FROM action_alone WHERE player = ?", (player,))

    def write_exclusive_ends(self, ends: Mapping[str, int]) -> None:
        """Write the ends of players' last exclusive actions."""
        self.run(lambda db: EXCLUSIVE_ENDS.write(db, list(ends.items())))

    def write_wins(self, wins: Mapping[tuple[str, str], Wins]) -> None:
        """Write the points that players won."""
        values = [(*key, one.hour, one.hour_points, one.day, one.day_points) for key, one in wins.items()]
        self.run(lambda db: WINS.write(db, values))
