"""The tables of the search: the search key of each ranked player, and the players of each window by key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from scoreboard.boards.search.keys import LAST
from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

KEYS = Rows(
    table="search_key",
    columns=(("player", "text"), ("key", "text")),
    conflict="ON CONFLICT (player) DO UPDATE SET key = excluded.key",
)
ENTRIES = Rows(
    table="search_entry",
    columns=(("window_id", "bigint"), ("key", "text"), ("player", "text")),
    conflict="ON CONFLICT DO NOTHING",
)
# A standing may have been deleted and its entry left, so the statement joins both.
FIND = (
    "SELECT e.player FROM search_entry e"
    " JOIN standing s ON s.window_id = e.window_id AND s.player = e.player"
    " WHERE e.window_id = ? AND e.key >= ? AND e.key < ? ORDER BY e.key, e.player LIMIT ?"
)
FIND_LISTED = (
    "SELECT k.player FROM search_key k JOIN search_entry e"
    " ON e.window_id = ? AND e.key = k.key AND e.player = k.player WHERE "
)
# Every window is looked at, by its own part of the index: another index by player would be as large again.
IN_ALL = "window_id IN (SELECT id FROM board_window) AND key = ? AND player = ?"
MOVE = f"UPDATE search_entry SET key = ? WHERE {IN_ALL}"
REMOVE = f"DELETE FROM search_entry WHERE {IN_ALL}"


class SearchEntries(Table):
    """The players of all windows by search key. A player has one key, which is the same in all windows."""

    def find(self, window_id: int, key: str, limit: int) -> list[str]:
        """The players of a window whose keys begin with `key`, by key."""
        return [row[0] for row in self.rows(FIND, (window_id, key, key + LAST, limit))]

    def keys(self, players: Collection[str]) -> dict[str, str]:
        """The recorded keys of those players who have one."""
        condition, value = self.one_of("player", list(players))
        return dict(self.rows(f"SELECT player, key FROM search_key WHERE {condition}", (value,)))

    def find_listed(self, window_id: int, players: Sequence[str]) -> set[str]:
        """Those of these players who are in a window's list by their recorded key."""
        condition, value = self.one_of("k.player", players)
        return {row[0] for row in self.rows(FIND_LISTED + condition, (window_id, value))}

    def find_ranked(self, window_id: int, players: Sequence[str]) -> set[str]:
        """Those of these players who have a standing in a window."""
        condition, value = self.one_of("player", players)
        text = f"SELECT player FROM standing WHERE window_id = ? AND {condition}"
        return {row[0] for row in self.rows(text, (window_id, value))}

    def lock(self) -> None:
        """Let only one transaction change the tables. Readers go on."""
        if self.postgres:  # SQLite's transactions lock the whole file
            self.execute("LOCK TABLE search_key IN SHARE ROW EXCLUSIVE MODE")

    def record(self, keys: Mapping[str, str]) -> None:
        """Record the keys of players."""
        self.run(lambda db: KEYS.write(db, list(keys.items())))

    def add(self, window_id: int, keys: Mapping[str, str]) -> None:
        """Add players to a window's list, by their keys."""
        lines = [(window_id, key, player) for player, key in keys.items()]
        self.run(lambda db: ENTRIES.write(db, lines))

    def move(self, player: str, old: str, new: str) -> None:
        """Give a player another key, in all windows."""
        self.execute(MOVE, (new, old, player))

    def remove(self, player: str, key: str) -> None:
        """Remove a player from all windows."""
        self.execute(REMOVE, (key, player))
        self.execute("DELETE FROM search_key WHERE player = ?", (player,))
