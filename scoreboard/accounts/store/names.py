"""Players' display names in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scoreboard.accounts.types import Name
from scoreboard.core.storage.db import Connection, Database, Rows, one_of, rows

NAME = "id, display_name, renamed"
PLAYERS = Rows(
    table="player",
    columns=(("id", "text"), ("display_name", "text"), ("renamed", "bigint")),
    conflict="ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name,"
    " renamed = excluded.renamed",
)


class PlayerNames:
    """Players' display names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, players: Sequence[str]) -> dict[str, str]:
        """The names of those players who have one."""
        return self._database.run(lambda db: names_of(db, players)) if players else {}

    def renames(self) -> int:
        """The newest fact that changed a name."""
        return self._database.run(renames)

    def latest(self, players: Sequence[str]) -> list[Name]:
        """The names of those players who have one, with the facts that gave them."""

        def read(db: Connection) -> list[Name]:
            condition, value = one_of(db, "id", players)
            return [_name(row) for row in rows(db, f"SELECT {NAME} FROM player WHERE {condition}", (value,))]

        return self._database.run(read) if players else []

    def after(self, player: str, limit: int) -> list[Name]:
        """Names by player, those after a given one."""
        text = f"SELECT {NAME} FROM player WHERE id > ? ORDER BY id LIMIT ?"
        return [_name(row) for row in self._database.run(lambda db: rows(db, text, (player, limit)))]


def names_of(db: Connection, players: Sequence[str]) -> dict[str, str]:
    """The names of those players who have one."""
    condition, value = one_of(db, "id", players)
    return dict(rows(db, f"SELECT id, display_name FROM player WHERE {condition}", (value,)))


def write_names(db: Connection, names: Iterable[Name]) -> None:
    """Write names that changed: first ones too, for boards showed the id until now."""
    PLAYERS.write(db, [(name.player, name.text, name.seq) for name in names])


def renames(db: Connection) -> int:
    """The newest fact that changed a name."""
    ((newest,),) = rows(db, "SELECT COALESCE(MAX(renamed), 0) FROM player")
    return int(newest)


def _name(row: Sequence[Any]) -> Name:
    player, text, seq = row
    return Name(player=player, text=text, seq=seq)
