"""What guards completions in SQL: when a player's last exclusive action ended, and what he won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoreboard.actions.rules import Wins
from scoreboard.core.storage.db import Connection, Rows, execute, one_of, rows

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


def ended(db: Connection, players: Sequence[str]) -> dict[str, int]:
    """When these players' last exclusive actions ended."""
    condition, value = one_of(db, "player", players)
    return dict(rows(db, f"SELECT player, ended_at FROM action_alone WHERE {condition}", (value,)))


def wins(db: Connection, players: Sequence[str]) -> dict[tuple[str, str], Wins]:
    """What these players won by each capped action type."""
    condition, value = one_of(db, "player", players)
    found = rows(
        db,
        f"SELECT player, action, hour, hour_points, day, day_points FROM action_wins WHERE {condition}",
        (value,),
    )
    return {
        (player, action): Wins(hour=hour, hour_points=hour_points, day=day, day_points=day_points)
        for player, action, hour, hour_points, day, day_points in found
    }


def forget(db: Connection, player: str) -> None:
    """Delete what guards a player's completions."""
    execute(db, "DELETE FROM action_wins WHERE player = ?", (player,))
    execute(db, "DELETE FROM action_alone WHERE player = ?", (player,))


def write_ended(db: Connection, ended: Mapping[str, int]) -> None:
    """Write when exclusive actions ended."""
    ALONE.write(db, list(ended.items()))


def write_wins(db: Connection, wins: Mapping[tuple[str, str], Wins]) -> None:
    """Write what was won."""
    WINS.write(db, [(*key, one.hour, one.hour_points, one.day, one.day_points) for key, one in wins.items()])
