"""The table of entries and the decisions about them."""

from __future__ import annotations

from collections.abc import Sequence

from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table
from scoreboard.moderation.types import EntryAction, Layer

LAYERS = Rows(
    table="entry_decision",
    columns=(("seq", "bigint"), ("decided", "bigint"), ("decision", "text"), ("action", "text")),
)
COLUMNS = "seq, decided, decision, action"


class Layers(Table):
    """The actions upon entries, of which those that are not ended are in force."""

    def of(self, entries: Sequence[int]) -> dict[int, list[Layer]]:
        """The actions in force upon these entries, in the order in which they were decided."""
        condition, value = self.one_of("seq", entries)
        text = f"SELECT {COLUMNS} FROM entry_decision WHERE ended = 0 AND {condition} ORDER BY decided"
        found: dict[int, list[Layer]] = {}
        for seq, decided, decision, action in self.rows(text, (value,)):
            found.setdefault(seq, []).append(Layer(decided=decided, decision=decision, action=action))
        return found

    def entries(self, decision: str, limit: int) -> list[int]:
        """The first entries upon which a decision is in force."""
        text = "SELECT seq FROM entry_decision WHERE decision = ? AND ended = 0 ORDER BY seq LIMIT ?"
        return [row[0] for row in self.rows(text, (decision, limit))]

    def add(self, entries: Sequence[int], decided: int, decision: str, action: EntryAction) -> None:
        """Add an action upon entries."""
        self.run(lambda db: LAYERS.write(db, [(seq, decided, decision, action) for seq in entries]))

    def end(self, entries: Sequence[int], decision: str) -> None:
        """End a decision's action upon entries."""
        condition, value = self.one_of("seq", entries)
        self.execute(
            f"UPDATE entry_decision SET ended = 1 WHERE decision = ? AND {condition}", (decision, value)
        )
