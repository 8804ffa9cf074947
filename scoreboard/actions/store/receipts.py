"""The ranks on receipts in SQL: what was shown at the time, which no view can tell later."""

from __future__ import annotations

import msgspec

from scoreboard.core.storage.db import Database, Rows, rows

RECEIPTS = Rows(
    table="receipt",
    columns=(("seq", "bigint"), ("ranks", "text")),
    conflict="ON CONFLICT (seq) DO NOTHING",
)
Ranks = list[tuple[int | None, int | None]]  # rank and previous rank, for each standing

_decode = msgspec.json.Decoder(Ranks).decode


class StoredReceipts:
    """Ranks by the fact that got them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, seq: int) -> Ranks | None:
        """The ranks on a fact's receipt."""
        text = "SELECT ranks FROM receipt WHERE seq = ?"
        found = self._database.run(lambda db: rows(db, text, (seq,)))
        return _decode(found[0][0]) if found else None


def row(seq: int, ranks: Ranks) -> tuple[int, str]:
    """A row of the table."""
    return seq, msgspec.json.encode(ranks).decode()
