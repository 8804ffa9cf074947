"""The table of the ranks on receipts. They are stored because views only have the current ranks."""

from __future__ import annotations

import msgspec

from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table

RECEIPTS = Rows(
    table="receipt",
    columns=(("seq", "bigint"), ("ranks", "text")),
    conflict="ON CONFLICT (seq) DO NOTHING",
)
Ranks = list[tuple[int | None, int | None]]  # rank and previous rank, for each standing

_decode = msgspec.json.Decoder(Ranks).decode


class StoredReceipts(Table):
    """The ranks on receipts, by the number of the fact that the receipt is for."""

    def get(self, seq: int) -> Ranks | None:
        """The ranks on a fact's receipt; None if none are stored."""
        rows = self.rows("SELECT ranks FROM receipt WHERE seq = ?", (seq,))
        return _decode(rows[0][0]) if rows else None


def row(seq: int, ranks: Ranks) -> tuple[int, str]:
    """The row of a fact's ranks, as `RECEIPTS` writes it."""
    return seq, msgspec.json.encode(ranks).decode()
