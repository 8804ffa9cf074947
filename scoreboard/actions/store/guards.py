"""The state that rules need, in SQL: when a player's last exclusive action ended, and points won so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoreboard.actions.rules import Wins
from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

ALONE = Rows(
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

    def ended(self, players: Sequence[str]) -> dict[str, int]:
        """When these players' last exclusive actions ended."""
        condition, value = self.one_of("player", players)
        return dict(self.rows(f"SELECT player, ended_at FROM action_alone WHERE {condition}", (value,)))

    def wins(self, players: Sequence[str]) -> dict[tuple[str, str], Wins]:
        """The points that these players won by each capped action type."""
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
        """Delete all that is stored of a player."""
        self.execute("DELETE FROM action_wins WHERE player = ?", (player,))
        self.execute("DELETE FROM action_alone WHERE player = ?", (player,))

    def write_ended(self, ended: Mapping[str, int]) -> None:
        """Write when exclusive actions ended."""
        self.run(lambda db: ALONE.write(db, list(ended.items())))

    def write_wins(self, wins: Mapping[tuple[str, str], Wins]) -> None:
        """Write what was won."""
        values = [(*key, one.hour, one.hour_points, one.day, one.day_points) for key, one in wins.items()]
        self.run(lambda db: WINS.write(db, values))
