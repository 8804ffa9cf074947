"""Finds players by id, name and state."""

from __future__ import annotations

from typing import Any

from scoreboard.core.storage.table import Table

STATES = {
    "suspended": "s.suspended <> ''",
    "hidden": "s.hidden <> ''",
    "scoring-disabled": "s.silenced <> ''",
    "unlisted": "s.unlisted = 1",
}
ALL = "SELECT id FROM player UNION SELECT player FROM player_state UNION SELECT id FROM account"
FOUND = "((id >= ? AND id < ?) OR id IN (SELECT id FROM player WHERE LOWER(display_name) LIKE ?))"
LAST = "\U0010ffff"  # follows every character of an id


class KnownPlayers(Table):
    """Players with a name, an account, or a restriction."""

    def page(self, *, query: str, state: str, after: str, limit: int) -> list[str]:
        """The ids of players, in their order."""
        known = f"SELECT s.player AS id FROM player_state s WHERE {STATES[state]}" if state else ALL
        where, params = "id > ?", list[Any]([after])
        if query:
            where = f"{where} AND {FOUND}"
            name = query.lower().replace("%", "").replace("_", "")
            params += [query, query + LAST, f"{name}%"]
        text = f"SELECT id FROM ({known}) known WHERE {where} ORDER BY id LIMIT ?"
        return [row[0] for row in self.rows(text, (*params, limit))]
