"""Reading the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal import store
from scoreboard.journal.types import PLAYER_MERGED, Recorded

PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Reads facts."""

    database: Database

    def head(self, *, seconds: float | None = None) -> int:
        """The number of the newest fact; 0 where there is none. `seconds` bounds it on PostgreSQL."""
        return self.database.run(store.head, seconds=seconds)

    def newest(self, *, seconds: float | None = None) -> tuple[int, str]:
        """The number and the mark of the newest fact. `seconds` bounds it on PostgreSQL."""
        return self.database.run(store.newest, seconds=seconds)

    def mark(self, seq: int, *, seconds: float | None = None) -> str | None:
        """The mark of the fact of this number; None where there is none. `seconds` as above."""
        return self.database.run(lambda db: store.mark_of(db, seq), seconds=seconds)

    def after(self, seq: int, limit: int) -> list[Recorded]:
        """The facts that follow `seq`, oldest first."""
        return self.database.run(lambda db: store.after(db, seq, limit))

    def find(self, id: str) -> Recorded | None:
        """The fact of this id; None where it was not recorded."""
        return self.database.run(lambda db: store.JournalLines().known(db, [id]).get(id))

    def of_player(self, player: str) -> Iterator[Recorded]:
        """A player's facts, oldest first. Read page by page, so no writer waits for long."""
        since = 0
        while page := self.database.run(lambda db, since=since: store.of_player(db, player, since, PAGE)):  # type: ignore[misc]
            yield from page
            since = page[-1].seq

    def gaps(self) -> int:
        """How many numbers are missing between 1 and the head. Must be 0."""
        return self.database.snapshot(lambda db: store.head(db) - store.count(db))


def facts_of(db: Connection, board: str, since: int) -> Iterator[Recorded]:
    """A board's facts after the fact `since`, as `store.of_board`, within one transaction."""
    return store.of_board(db, board, since)


def facts_of_player(db: Connection, player: str, since: int) -> Iterator[Recorded]:
    """A player's facts after the fact `since`, oldest first, within one transaction."""
    while page := store.of_player(db, player, since, PAGE):
        yield from page
        since = page[-1].seq


def merges(db: Connection) -> list[Recorded]:
    """All facts that merged a guest into an account, oldest first, within one transaction."""
    return store.of_several(db, PLAYER_MERGED)


def players_since(db: Connection, seq: int, players: Sequence[str]) -> set[str]:
    """Those of `players` that facts after `seq` are about, within one transaction."""
    return store.players_since(db, seq, players)
