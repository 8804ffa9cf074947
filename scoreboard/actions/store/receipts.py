"""The ranks on receipts in SQL. Views only know the ranks of now."""

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
    """Ranks by the fact that got them."""

    def get(self, seq: int) -> Ranks | None:
        """The ranks on a fact's receipt."""
        found = self.rows("SELECT ranks FROM receipt WHERE seq = ?", (seq,))
        return _decode(found[0][0]) if found else None


def row(seq: int, ranks: Ranks) -> tuple[int, str]:
    """A row of the table."""
    return seq, msgspec.json.encode(ranks).decode()
