"""The table of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from scoreboard.core.storage.db import Rows
from scoreboard.core.storage.table import Table
from scoreboard.moderation.types import Decision, Status

FIELDS = (
    ("id", "text"),
    ("seq", "bigint"),
    ("at", "bigint"),
    ("author", "text"),
    ("author_role", "text"),
    ("action", "text"),
    ("reason", "text"),
    ("note", "text"),
    ("player", "text"),
    ("until", "bigint"),
    ("hide", "bigint"),
    ("filter", "text"),
    ("up_to", "bigint"),
    ("position", "bigint"),
    ("total", "bigint"),
    ("done", "bigint"),
    ("status", "text"),
    ("ended_at", "bigint"),
    ("ended_by", "text"),
)
DECISIONS = Rows(table="decision", columns=FIELDS)
COLUMNS = ", ".join(name for name, _ in FIELDS)
IN_FORCE = ("running", "done", "undoing")


class StoredDecisions(Table):
    """All decisions, also those that are not in force any more."""

    def get(self, id: str) -> Decision | None:
        """A decision."""
        found = self._find("id = ?", (id,))
        return found[0] if found else None

    def of(self, ids: Sequence[str]) -> dict[str, Decision]:
        """Decisions by id."""
        condition, value = self.one_of("id", ids)
        return {one.id: one for one in self._find(condition, (value,))}

    def page(
        self, *, player: str = "", author: str = "", before: int | None = None, limit: int
    ) -> list[Decision]:
        """Decisions, newest first: of a player or an author, and before a fact's number, if given."""
        where, params = ["1 = 1"], list[Any]()
        for column, value in (("player", player), ("author", author)):
            if value:
                where.append(f"{column} = ?")
                params.append(value)
        if before is not None:
            where.append("seq < ?")
            params.append(before)
        return self._find(f"{' AND '.join(where)} ORDER BY seq DESC LIMIT ?", (*params, limit))

    def unfinished(self) -> list[Decision]:
        """Decisions that the worker has to carry out or to undo, oldest first."""
        return self._find("status IN ('running', 'undoing') ORDER BY seq", ())

    def due(self, now: int) -> list[Decision]:
        """Decisions in force whose time is over."""
        return self._find("until IS NOT NULL AND status = 'done' AND until <= ? ORDER BY until", (now,))

    def about(self, player: str) -> list[Decision]:
        """The decisions about a player that are in force, oldest first."""
        return self._find("player = ? AND status = 'done' ORDER BY seq", (player,))

    def add(self, decision: Decision) -> None:
        """Add a decision."""
        values = structs.asdict(decision)
        values["hide"] = None if decision.hide is None else int(decision.hide)
        self.run(lambda db: DECISIONS.write(db, [tuple(values[name] for name, _ in FIELDS)]))

    def move(self, id: str, *, position: int, done: int) -> None:
        """Note that a job took `done` more entries, the last one of which is `position`."""
        self.execute("UPDATE decision SET position = ?, done = done + ? WHERE id = ?", (position, done, id))

    def set_status(self, id: str, status: Status, *, at: int | None = None, by: str = "") -> None:
        """Set a decision's status; `at` and `by` are of its end."""
        self.execute(
            "UPDATE decision SET status = ?, position = 0, ended_at = ?, ended_by = ? WHERE id = ?",
            (status, at, by, id),
        )

    def _find(self, where: str, params: Sequence[Any]) -> list[Decision]:
        found = self.rows(f"SELECT {COLUMNS} FROM decision WHERE {where}", params)
        return [_decision(row) for row in found]


def _decision(row: Sequence[Any]) -> Decision:
    values = dict(zip((name for name, _ in FIELDS), row, strict=True))
    values["hide"] = None if values["hide"] is None else bool(values["hide"])
    return Decision(**values)
