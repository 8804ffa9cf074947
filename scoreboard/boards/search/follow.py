"""The follower that keeps the search up to date with the journal.

Scores don't wait for it: it adds a player to a window's list when they are new there, and moves them when
their name changes. It reads standings and names as they are now, so repeated facts change nothing. Following
the journal from its first fact fills the tables of a deployment that is older than the search.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.service import Names
from scoreboard.boards.facts import refolded_by, results_of
from scoreboard.boards.search.keys import search_key
from scoreboard.boards.search.store import SearchEntries
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Window
from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal.types import PLAYER_MERGED, Position, RecordedFact


@dataclass(kw_only=True)
class TouchedPlayers:
    """The players that facts may have added to windows, named, or merged into others."""

    players: dict[Window, dict[str, None]] = field(default_factory=dict)
    with_new_names: set[str] = field(default_factory=set)
    merged_guests: set[str] = field(default_factory=set)

    @classmethod
    def by(cls, facts: Sequence[RecordedFact]) -> TouchedPlayers:
        """The players that these facts touch."""
        touched = cls()
        for line in facts:
            touched.add(line)
        return touched

    def add(self, line: RecordedFact) -> None:
        """Add the players of a fact."""
        fact = line.fact
        for result in results_of(line).values():
            for window, *_ in result.standings:
                self.players.setdefault(window, {})[fact.player] = None
        for window, players in refolded_by(line):
            self.players.setdefault(window, {}).update(dict.fromkeys(players))
        if "displayName" in fact.data:
            self.with_new_names.add(fact.player)
        if fact.kind == PLAYER_MERGED:
            self.merged_guests.add(fact.data["guest"])


@dataclass(kw_only=True)
class Changes:
    """The changes that the tables need. Most facts need none: they are scores of players who are listed."""

    new_keys: dict[str, str] = field(default_factory=dict)  # of players who had none
    changed_keys: dict[str, tuple[str, str]] = field(default_factory=dict)  # old and new keys
    removed_keys: dict[str, str] = field(default_factory=dict)
    added_entries: dict[int, dict[str, str]] = field(default_factory=dict)  # by window

    def __bool__(self) -> bool:
        return bool(self.new_keys or self.changed_keys or self.removed_keys or self.added_entries)


@dataclass(frozen=True, kw_only=True)
class SearchFollower:
    """Keeps the players of each window by search key, in the journal's database."""

    database: Database
    name: str = "search"

    def resume(self, shard: int, stored: Position | None) -> Position | None:
        """The position that the framework stored, or the beginning."""
        return stored or Position(shard, 0)

    def restore(self, shard: int) -> Position:
        """The beginning: entries that are there already stay as they are."""
        return Position(shard, 0)

    def follow(self, facts: Sequence[RecordedFact]) -> None:
        """Take in the players whom these facts touched. Takes no write lock if nothing changed."""
        touched = TouchedPlayers.by(facts)
        if not self.database.run(lambda db: changes(db, touched)):
            return

        def work(db: Connection) -> None:
            SearchEntries(db).lock()
            write(db, changes(db, touched))

        self.database.transaction(work)

    def maintain(self) -> None:
        """Do nothing: following the facts keeps the tables complete."""


def changes(db: Connection, touched: TouchedPlayers) -> Changes:
    """The changes that the tables need for these players, as standings and names are now."""
    entries, found = SearchEntries(db), Changes()
    scored = {player for players in touched.players.values() for player in players}
    recorded_keys = entries.keys(scored | touched.with_new_names | touched.merged_guests)
    missing = {window_id: players for window_id, players in _missing(db, touched.players) if players}
    new = {player for players in missing.values() for player in players} - recorded_keys.keys()
    keys = _keys(db, [*new, *(touched.with_new_names & recorded_keys.keys())])
    found.new_keys = {player: keys[player] for player in new}
    found.changed_keys = {
        player: (recorded_keys[player], key)
        for player, key in keys.items()
        if recorded_keys.get(player, key) != key
    }
    found.added_entries = {
        window_id: {player: (recorded_keys | keys)[player] for player in players}
        for window_id, players in missing.items()
    }
    found.removed_keys = {
        player: key for player, key in recorded_keys.items() if player in touched.merged_guests
    }
    return found


def write(db: Connection, found: Changes) -> None:
    """Write changes to the tables."""
    entries = SearchEntries(db)
    for player, (old, new) in found.changed_keys.items():
        entries.move(player, old, new)
    entries.record(found.new_keys | {player: new for player, (_, new) in found.changed_keys.items()})
    for window_id, keys in found.added_entries.items():
        entries.add(window_id, keys)
    for player, key in found.removed_keys.items():
        entries.remove(player, key)


def _missing(
    db: Connection, touched: Mapping[Window, Mapping[str, None]]
) -> Iterator[tuple[int, Collection[str]]]:
    """For each window: the players with a standing who are not in its list."""
    for window, players in touched.items():
        row = Windows(db).get(window)
        if row is not None:
            unlisted = players.keys() - SearchEntries(db).find_listed(row.id, list(players))
            yield row.id, SearchEntries(db).find_ranked(row.id, list(unlisted)) if unlisted else ()


def _keys(db: Connection, players: Sequence[str]) -> dict[str, str]:
    names = Names(db).of(players)
    return {player: search_key(names.get(player, player)) for player in players}
