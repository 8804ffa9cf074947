"""The audit log's table, in a separate database."""

from __future__ import annotations

from collections.abc import Sequence

from scoreboard.audit.types import AuditLine
from scoreboard.core.storage.db import Connection, Rows, execute, rows
from scoreboard.core.storage.table import Table

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
    ),
    conflict="ON CONFLICT (seq) DO NOTHING",
)


class AuditLog(Table):
    """Lines of the audit log."""

    def newest(self) -> int:
        """The newest fact in the log; 0 where it is empty. Facts come in without gaps."""
        ((seq,),) = self.rows("SELECT COALESCE(MAX(seq), 0) FROM audit")
        return int(seq)

    def line(self, seq: int) -> AuditLine | None:
        """The line of a fact; None where there is none."""
        columns = ", ".join(name for name, _ in AUDIT.columns)
        found = self.rows(f"SELECT {columns} FROM audit WHERE seq = ?", (seq,))
        return AuditLine(*found[0]) if found else None

    def delete_after(self, seq: int) -> int:
        """Delete the lines of all facts after this one. Returns how many there were."""

        def delete(db: Connection) -> int:
            ((count,),) = rows(db, "SELECT COUNT(*) FROM audit WHERE seq > ?", (seq,))
            execute(db, "DELETE FROM audit WHERE seq > ?", (seq,))
            return int(count)

        return self.transaction(delete)

    def write(self, lines: Sequence[AuditLine]) -> None:
        """Write lines, all or none. A line that is there already stays unchanged."""
        self.transaction(lambda db: AUDIT.write(db, [_row(line) for line in lines]))


def _row(line: AuditLine) -> tuple[int | str, ...]:
    return (line.seq, line.at, line.kind, line.caller, line.player, line.board, line.request, line.detail)
