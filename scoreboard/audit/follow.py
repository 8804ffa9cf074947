"""The follower that writes the audit log."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from scoreboard.audit.store import AuditLog
from scoreboard.audit.types import AuditLine
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Position, Recorded

log = logging.getLogger(__name__)

# Data of facts that the log leaves out: secrets, and personal data other than the player's id.
LEFT_OUT = frozenset({"hash", "session", "displayName", "region", "home", "metadata", "result"})
COUNTED = frozenset({"score", "action"})


@dataclass(frozen=True, kw_only=True)
class AuditFollower:
    """Writes a line for each fact. Its lines prove what the log holds, in a database of its own."""

    audit: AuditLog
    journal: Journal
    name: str = "audit"

    def resume(self, shard: int, noted: Position | None) -> Position | None:
        """`noted`, or the newest line where that is older; None where the journal has another fact there."""
        newest = self.audit.newest(shard)
        if newest.seq and not self._agrees(newest):
            return None
        return newest if noted is None else min(noted, newest)

    def restore(self, shard: int) -> Position:
        """Delete the lines of facts that are not in the journal, after a backup of it was restored.

        Journals that share a fact share all facts before it, so a binary search finds the last shared one.
        """
        shared, end = 0, self.audit.newest(shard).seq
        while shared < end:
            middle = (shared + end + 1) // 2
            if self._agrees(Position(shard, middle)):
                shared = middle
            else:
                end = middle - 1
        kept = Position(shard, shared)
        deleted = self.audit.delete_after(kept)
        log.warning(
            "the audit log had lines of facts that are not in the journal: they were deleted",
            extra={"lines": deleted, "after": str(kept)},
        )
        return kept

    def _agrees(self, position: Position) -> bool:
        before = Position(position.shard, position.seq - 1)
        line, facts = self.audit.line(position), self.journal.after(before, 1)
        return line is not None and bool(facts) and _identity(_line(facts[0])) == _identity(line)

    def follow(self, facts: Sequence[Recorded]) -> None:
        """Write the lines of these facts."""
        self.audit.write([_line(fact) for fact in facts])

    def tend(self) -> None:
        """Nothing to look after."""


def _identity(line: AuditLine) -> tuple[int | str, ...]:
    # Without the details: another release may have written them differently.
    return (line.seq, line.at, line.kind, line.caller, line.player, line.board, line.request)


def _line(recorded: Recorded) -> AuditLine:
    fact = recorded.fact
    data = {name: value for name, value in fact.data.items() if name not in LEFT_OUT}
    if fact.action:
        data["action"] = fact.action
    if fact.kind in COUNTED:
        data |= {"amount": fact.amount, "columns": fact.columns}
    return AuditLine(
        seq=recorded.seq,
        at=recorded.at,
        kind=fact.kind,
        caller=fact.context.get("caller", ""),
        player=fact.player,
        board=fact.board,
        request=fact.context.get("request", ""),
        detail=msgspec.json.encode(data).decode(),
        shard=recorded.position.shard,
    )
