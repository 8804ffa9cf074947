"""Players' display names in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scoreboard.accounts.types import Name
from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

NAME = "id, display_name, renamed"
PLAYERS = Rows(
    table="player",
    columns=(("id", "text"), ("display_name", "text"), ("renamed", "bigint")),
    conflict="ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name,"
    " renamed = excluded.renamed",
)


class Names(Table):
    """Players' display names."""

    def of(self, players: Sequence[str]) -> dict[str, str]:
        """The names of those players who have one."""
        if not players:
            return {}
        condition, value = self.one_of("id", players)
        return dict(self.rows(f"SELECT id, display_name FROM player WHERE {condition}", (value,)))

    def latest(self, players: Sequence[str]) -> list[Name]:
        """The names of those players who have one, with the facts that gave them."""
        if not players:
            return []
        condition, value = self.one_of("id", players)
        return [_name(row) for row in self.rows(f"SELECT {NAME} FROM player WHERE {condition}", (value,))]

    def after(self, player: str, limit: int) -> list[Name]:
        """Up to `limit` names ordered by player, those after a given player."""
        text = f"SELECT {NAME} FROM player WHERE id > ? ORDER BY id LIMIT ?"
        return [_name(row) for row in self.rows(text, (player, limit))]

    def renames(self) -> int:
        """The newest fact that changed a name."""
        ((newest,),) = self.rows("SELECT COALESCE(MAX(renamed), 0) FROM player")
        return int(newest)

    def write(self, names: Iterable[Name]) -> None:
        """Write names that changed. First names count as changes: boards showed the id until then."""
        values = [(name.player, name.text, name.seq) for name in names]
        self.run(lambda db: PLAYERS.write(db, values))


def _name(row: Sequence[Any]) -> Name:
    player, text, seq = row
    return Name(player=player, text=text, seq=seq)
