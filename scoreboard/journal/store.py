"""The journal's tables: the head, whose lock orders all commits, and the facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from scoreboard.core.storage.db import Connection, Database, Rows, one_of, rows
from scoreboard.core.storage.table import Table
from scoreboard.journal.types import EMPTY_JOURNAL_MARK, SEVERAL_BOARDS, Fact, Position, RecordedFact, mark

COLUMNS = "seq, id, at, kind, player, action, board, amount, columns, data, result, digest, context"
JOURNAL = Rows(
    table="journal",
    columns=(
        ("seq", "bigint"),
        ("id", "text"),
        ("at", "bigint"),
        ("kind", "text"),
        ("player", "text"),
        ("action", "text"),
        ("board", "text"),
        ("amount", "bigint"),
        ("columns", "text"),
        ("data", "text"),
        ("result", "text"),
        ("digest", "text"),
        ("context", "text"),
    ),
)

_encoder = msgspec.json.Encoder()
_decode = msgspec.json.Decoder().decode


class JournalTable(Table):
    """The facts of a shard, and the head, whose lock orders all commits."""

    def __init__(self, source: Database | Connection, shard: int) -> None:
        super().__init__(source)
        self._shard = shard

    def lock(self) -> tuple[int, int]:
        """Take the write lock. Returns the newest fact's number and time."""
        locking = " FOR UPDATE" if self.postgres else ""
        ((seq, at),) = self.rows(f"SELECT seq, at FROM journal_head WHERE shard = ?{locking}", (self._shard,))
        return seq, at

    def find(self, ids: Sequence[str]) -> dict[str, RecordedFact]:
        """The facts with these ids, by id. Ids that were not recorded are missing."""

        def read(db: Connection) -> dict[str, RecordedFact]:
            condition, value = one_of(db, "id", ids)
            found = rows(db, f"SELECT {COLUMNS} FROM journal WHERE {condition}", (value,))
            return {row[1]: self._line(row) for row in found}

        return self.run(read)

    def write(self, lines: Sequence[RecordedFact]) -> None:
        """Append lines and move the head to the last of them."""
        self.run(lambda db: JOURNAL.write(db, journal_rows(lines)))
        self.execute(
            "UPDATE journal_head SET seq = ?, at = ? WHERE shard = ?",
            (lines[-1].seq, lines[-1].at, self._shard),
        )

    def head(self) -> Position:
        """The position of the newest fact; number 0 if there is none."""
        ((seq,),) = self.rows("SELECT seq FROM journal_head WHERE shard = ?", (self._shard,))
        return Position(self._shard, seq)

    def newest(self) -> tuple[Position, str]:
        """The position and the mark of the newest fact."""
        text = (
            "SELECT head.seq, line.at, line.id, line.digest FROM journal_head AS head"
            " LEFT JOIN journal AS line ON line.seq = head.seq WHERE head.shard = ?"
        )
        ((seq, at, id, digest),) = self.rows(text, (self._shard,))
        return Position(self._shard, seq), EMPTY_JOURNAL_MARK if id is None else mark(seq, at, id, digest)

    def mark_of(self, seq: int) -> str | None:
        """The mark of the fact of this number; None if there is none."""
        if seq == 0:
            return EMPTY_JOURNAL_MARK
        found = self.rows("SELECT seq, at, id, digest FROM journal WHERE seq = ?", (seq,))
        return mark(*found[0]) if found else None

    def after(self, seq: int, limit: int) -> list[RecordedFact]:
        """Up to `limit` facts that follow `seq`, oldest first."""
        return self._facts("seq > ? ORDER BY seq LIMIT ?", (seq, limit))

    def count(self) -> int:
        """The number of facts."""
        ((lines,),) = self.rows("SELECT COUNT(*) FROM journal")
        return int(lines)

    def of_board(self, board: str, since: int, page: int = 5000) -> Iterator[RecordedFact]:
        """A board's facts after `since`, oldest first, read page by page.

        All facts that feed several boards are among them, even if this board is not one of those.
        """
        condition = "board IN (?, ?) AND seq > ? ORDER BY seq LIMIT ?"
        while found := self._facts(condition, (board, SEVERAL_BOARDS, since, page)):
            yield from found
            since = found[-1].seq

    def of_player(self, player: str, since: int, page: int = 1000) -> Iterator[RecordedFact]:
        """A player's facts after `since`, oldest first, read page by page."""
        condition = "player = ? AND seq > ? ORDER BY seq LIMIT ?"
        while found := self._facts(condition, (player, since, page)):
            yield from found
            since = found[-1].seq

    def numbered(self, numbers: Sequence[int]) -> list[RecordedFact]:
        """The facts with these numbers, oldest first. Numbers that no fact has are left out."""

        def read(db: Connection) -> list[RecordedFact]:
            condition, value = one_of(db, "seq", numbers)
            text = f"SELECT {COLUMNS} FROM journal WHERE {condition} ORDER BY seq"
            return [self._line(row) for row in rows(db, text, (value,))]

        return self.run(read)

    def of_several(self, kind: str) -> list[RecordedFact]:
        """The facts of a kind that concern several boards, oldest first."""
        return self._facts("board = ? AND kind = ? ORDER BY seq", (SEVERAL_BOARDS, kind))

    def mentions(self, player: str) -> bool:
        """True if a fact is about this player."""
        return bool(self.rows("SELECT 1 FROM journal WHERE player = ? LIMIT 1", (player,)))

    def players_since(self, seq: int, players: Sequence[str]) -> set[str]:
        """Those of `players` that facts after `seq` are about."""

        def read(db: Connection) -> set[str]:
            condition, value = one_of(db, "player", players)
            found = rows(
                db, f"SELECT DISTINCT player FROM journal WHERE seq > ? AND {condition}", (seq, value)
            )
            return {row[0] for row in found}

        return self.run(read)

    def _facts(self, condition: str, params: tuple[Any, ...]) -> list[RecordedFact]:
        return [
            self._line(row) for row in self.rows(f"SELECT {COLUMNS} FROM journal WHERE {condition}", params)
        ]

    def _line(self, row: Sequence[Any]) -> RecordedFact:
        seq, id, at, kind, player, action, board, amount, columns, data, result, digest, context = row
        fact = Fact(
            id=id,
            kind=kind,
            player=player,
            action=action,
            board=board,
            amount=amount,
            columns=_object(columns),
            data=_object(data),
            digest=digest,
            context=_object(context),
        )
        return RecordedFact(position=Position(self._shard, seq), at=at, fact=fact, result=_object(result))


def journal_rows(lines: Sequence[RecordedFact]) -> list[tuple[Any, ...]]:
    """The rows of one batch of facts, in the order of the table's columns."""
    texts = _Texts()
    return [_row(line, texts) for line in lines]


class _Texts:
    """The JSON of the objects of one batch. Facts of one request share objects: each is encoded once."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}  # by the object's identity: the batch keeps it alive

    def of(self, value: dict[str, Any]) -> str:
        """The JSON of an object; "" if it is empty."""
        text = self._texts.get(id(value))
        if text is None:
            text = self._texts[id(value)] = _text(value)
        return text


def _row(line: RecordedFact, texts: _Texts) -> tuple[Any, ...]:
    fact = line.fact
    return (
        line.seq,
        fact.id,
        line.at,
        fact.kind,
        fact.player,
        fact.action,
        fact.board,
        fact.amount,
        _text(fact.columns),
        texts.of(fact.data),
        _text(line.result),
        fact.digest,
        texts.of(fact.context),
    )


def _text(value: dict[str, Any]) -> str:
    return _encoder.encode(value).decode() if value else ""


def _object(text: str) -> dict[str, Any]:
    return _decode(text) if text else {}
