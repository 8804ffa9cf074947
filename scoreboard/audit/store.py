"""The audit log's table, in a separate database."""

from __future__ import annotations

from collections.abc import Sequence

from scoreboard.audit.types import AuditLine
from scoreboard.core.storage.db import Connection, Rows, execute, rows
from scoreboard.core.storage.table import Table
from scoreboard.journal.types import Position

AUDIT = Rows(
    table="audit",
    columns=(
        ("seq", "bigint"),
        ("at", "bigint"),
        ("kind", "text"),
        ("caller", "text"),
        ("player", "text"),
        ("board", "text"),
        ("request", "text"),
        ("detail", "text"),
        ("shard", "integer"),
    ),
    conflict="ON CONFLICT DO NOTHING",
)


class AuditLog(Table):
    """Lines of the audit log."""

    def newest(self, shard: int) -> Position:
        """The newest fact of a shard in the log; number 0 if there is none. Lines have no gaps."""
        found = self.rows("SELECT seq FROM audit WHERE shard = ? ORDER BY seq DESC LIMIT 1", (shard,))
        return Position(shard, found[0][0] if found else 0)

    def line(self, position: Position) -> AuditLine | None:
        """The line of a fact; None if there is none."""
        columns = ", ".join(name for name, _ in AUDIT.columns)
        text = f"SELECT {columns} FROM audit WHERE seq = ? AND shard = ?"
        found = self.rows(text, (position.seq, position.shard))
        return AuditLine(*found[0]) if found else None

    def delete_after(self, position: Position) -> int:
        """Delete the lines of all facts of a shard after this one. Returns the number of deleted lines."""

        def delete(db: Connection) -> int:
            params = (position.seq, position.shard)
            ((count,),) = rows(db, "SELECT COUNT(*) FROM audit WHERE seq > ? AND shard = ?", params)
            execute(db, "DELETE FROM audit WHERE seq > ? AND shard = ?", params)
            return int(count)

        return self.transaction(delete)

    def write(self, lines: Sequence[AuditLine]) -> None:
        """Write lines, all or none. A line that exists already stays unchanged."""
        self.transaction(lambda db: AUDIT.write(db, [_row(line) for line in lines]))


def _row(line: AuditLine) -> tuple[int | str, ...]:
    return tuple(getattr(line, name) for name, _ in AUDIT.columns)
