"""The journal's tables: the head, whose lock orders all commits, and the facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import peewee

from scoreboard.core.storage.db import Connection, Rows, execute, one_of, rows
from scoreboard.journal.types import BEGINNING, SEVERAL, Fact, Recorded, mark

SHARD = 0  # this database's shard; one by default

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


class JournalLines:
    """Locks, reads and writes the journal inside the writer's transaction."""

    def lock(self, db: Connection) -> tuple[int, int]:
        """Take the write lock. Returns the newest fact's number and time."""
        locking = " FOR UPDATE" if isinstance(db, peewee.PostgresqlDatabase) else ""
        ((seq, at),) = rows(db, f"SELECT seq, at FROM journal_head WHERE shard = ?{locking}", (SHARD,))
        return seq, at

    def known(self, db: Connection, ids: Sequence[str]) -> dict[str, Recorded]:
        """The facts among `ids` that are recorded already, by id."""
        condition, value = one_of(db, "id", ids)
        found = rows(db, f"SELECT {COLUMNS} FROM journal WHERE {condition}", (value,))
        return {row[1]: _recorded(row) for row in found}

    def write(self, db: Connection, lines: Sequence[Recorded]) -> None:
        """Append lines and move the head to the last of them."""
        JOURNAL.write(db, [_row(line) for line in lines])
        execute(
            db,
            "UPDATE journal_head SET seq = ?, at = ? WHERE shard = ?",
            (lines[-1].seq, lines[-1].at, SHARD),
        )


def head(db: Connection) -> int:
    """The number of the newest fact; 0 where there is none."""
    ((seq,),) = rows(db, "SELECT seq FROM journal_head WHERE shard = ?", (SHARD,))
    return int(seq)


def newest(db: Connection) -> tuple[int, str]:
    """The number and the mark of the newest fact."""
    text = (
        "SELECT head.seq, line.at, line.id, line.digest FROM journal_head AS head"
        " LEFT JOIN journal AS line ON line.seq = head.seq WHERE head.shard = ?"
    )
    ((seq, at, id, digest),) = rows(db, text, (SHARD,))
    return seq, BEGINNING if id is None else mark(seq, at, id, digest)


def mark_of(db: Connection, seq: int) -> str | None:
    """The mark of the fact of this number; None where there is none."""
    if seq == 0:
        return BEGINNING
    found = rows(db, "SELECT seq, at, id, digest FROM journal WHERE seq = ?", (seq,))
    return mark(*found[0]) if found else None


def after(db: Connection, seq: int, limit: int) -> list[Recorded]:
    """The facts that follow `seq`, oldest first."""
    found = rows(db, f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return [_recorded(row) for row in found]


def count(db: Connection) -> int:
    """How many facts there are."""
    ((lines,),) = rows(db, "SELECT COUNT(*) FROM journal")
    return int(lines)


def of_board(db: Connection, board: str, since: int, page: int = 5000) -> Iterator[Recorded]:
    """A board's facts after `since`, oldest first, read page by page in a transaction.

    They include all facts that feed several boards, whether this board is among those or not.
    """
    text = f"SELECT {COLUMNS} FROM journal WHERE board IN (?, ?) AND seq > ? ORDER BY seq LIMIT ?"
    while found := rows(db, text, (board, SEVERAL, since, page)):
        yield from map(_recorded, found)
        since = found[-1][0]


def of_player(db: Connection, player: str, since: int, limit: int) -> list[Recorded]:
    """Up to `limit` facts of a player that follow `since`, oldest first."""
    text = f"SELECT {COLUMNS} FROM journal WHERE player = ? AND seq > ? ORDER BY seq LIMIT ?"
    return [_recorded(row) for row in rows(db, text, (player, since, limit))]


def of_several(db: Connection, kind: str) -> list[Recorded]:
    """The facts of a kind that concern several boards, oldest first."""
    text = f"SELECT {COLUMNS} FROM journal WHERE board = ? AND kind = ? ORDER BY seq"
    return [_recorded(row) for row in rows(db, text, (SEVERAL, kind))]


def players_since(db: Connection, seq: int, players: Sequence[str]) -> set[str]:
    """Those of `players` that facts after `seq` are about."""
    condition, value = one_of(db, "player", players)
    text = f"SELECT DISTINCT player FROM journal WHERE seq > ? AND {condition}"
    return {row[0] for row in rows(db, text, (seq, value))}


def _row(line: Recorded) -> tuple[Any, ...]:
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
        _text(fact.data),
        _text(line.result),
        fact.digest,
        _text(fact.context),
    )


def _text(value: dict[str, Any]) -> str:
    return _encoder.encode(value).decode() if value else ""


def _object(text: str) -> dict[str, Any]:
    return _decode(text) if text else {}


def _recorded(row: Sequence[Any]) -> Recorded:
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
    return Recorded(seq=seq, at=at, fact=fact, result=_object(result))
