"""Reading the journal of a shard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal.store import JournalTable
from scoreboard.journal.types import PLAYER_MERGED, Position, RecordedFact


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Reads the facts of a shard. `seconds` bounds a read on PostgreSQL."""

    database: Database
    shard: int

    @property
    def start(self) -> Position:
        """The position before the first fact."""
        return Position(self.shard, 0)

    def head(self, *, seconds: float | None = None) -> Position:
        """The position of the newest fact; `start` if there is none."""
        return self.database.run(lambda db: JournalTable(db, self.shard).head(), seconds=seconds)

    def newest(self, *, seconds: float | None = None) -> tuple[Position, str]:
        """The position and the mark of the newest fact."""
        return self.database.run(lambda db: JournalTable(db, self.shard).newest(), seconds=seconds)

    def mark(self, position: Position, *, seconds: float | None = None) -> str | None:
        """The mark of the fact at a position; None if there is none."""
        return self.database.run(
            lambda db: JournalTable(db, self.shard).mark_of(position.seq), seconds=seconds
        )

    def after(self, position: Position, limit: int) -> list[RecordedFact]:
        """Up to `limit` facts that follow a position, oldest first."""
        return self._table.after(position.seq, limit)

    def find(self, id: str) -> RecordedFact | None:
        """The fact of this id; None if it was not recorded."""
        return self._table.find([id]).get(id)

    def numbered(self, numbers: Sequence[int]) -> list[RecordedFact]:
        """The facts with these numbers in the shard, oldest first. Numbers that no fact has are left out."""
        return self._table.numbered(numbers)

    def mentions(self, player: str) -> bool:
        """True if a fact is about this player."""
        return self._table.mentions(player)

    def of_player(self, player: str) -> Iterator[RecordedFact]:
        """A player's facts, oldest first. They are read page by page, so no writer waits for long."""
        return self._table.of_player(player, 0)

    def gaps(self) -> int:
        """The count of numbers between 1 and the head that no fact has. It must be 0."""

        def missing(db: Connection) -> int:
            table = JournalTable(db, self.shard)
            return table.head().seq - table.count()

        return self.database.snapshot(missing)

    @property
    def _table(self) -> JournalTable:
        return JournalTable(self.database, self.shard)


def facts_of(db: Connection, board: str, since: Position) -> Iterator[RecordedFact]:
    """A board's facts after a position, as `JournalTable.of_board`, within one transaction."""
    return JournalTable(db, since.shard).of_board(board, since.seq)


def facts_of_player(db: Connection, player: str, since: Position) -> Iterator[RecordedFact]:
    """A player's facts after a position, oldest first, within one transaction."""
    return JournalTable(db, since.shard).of_player(player, since.seq)


def merges(db: Connection, shard: int) -> list[RecordedFact]:
    """All facts that merged a guest into an account, oldest first, within one transaction."""
    return JournalTable(db, shard).of_several(PLAYER_MERGED)


def players_since(db: Connection, since: Position, players: Sequence[str]) -> set[str]:
    """Those of `players` that facts after a position are about, within one transaction."""
    return JournalTable(db, since.shard).players_since(since.seq, players)
