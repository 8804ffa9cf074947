"""The follower that writes the audit log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from scoreboard.audit.store import AuditLog
from scoreboard.audit.types import AuditLine
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Position, RecordedFact

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class AuditFollower:
    """Writes a line for each fact, in a database of its own. The newest line is the view proof.

    `audited` has the parts of facts that a line shows, by fact kind, as the folds declare them.
    """

    audit: AuditLog
    journal: Journal
    audited: Mapping[str, frozenset[str]]
    name: str = "audit"

    def resume(self, shard: int, stored: Position | None) -> Position | None:
        """The older one of `stored` and the position of the newest line.

        None if the line is not of the journal's fact at that position.
        """
        newest = self.audit.newest(shard)
        if newest.seq and not self._agrees(newest):
            return None
        return newest if stored is None else min(stored, newest)

    def restore(self, shard: int) -> Position:
        """Delete the lines of facts that the journal does not have, after it was restored from a backup.

        Journals that share a fact share all facts before it, so a binary search finds the last shared one.
        """
        shared, end = 0, self.audit.newest(shard).seq
        while shared < end:
            middle = (shared + end + 1) // 2
            if self._agrees(Position(shard, middle)):
                shared = middle
            else:
                end = middle - 1
        position = Position(shard, shared)
        count = self.audit.delete_after(position)
        log.warning(
            "the audit log had lines of facts that are not in the journal: they were deleted",
            extra={"lines": count, "after": str(position)},
        )
        return position

    def _agrees(self, position: Position) -> bool:
        """True if the line at a position is of the journal's fact at that position."""
        before = Position(position.shard, position.seq - 1)
        line, facts = self.audit.line(position), self.journal.after(before, 1)
        return line is not None and bool(facts) and _identity(self._line(facts[0])) == _identity(line)

    def follow(self, facts: Sequence[RecordedFact]) -> None:
        """Write the lines of these facts."""
        self.audit.write([self._line(fact) for fact in facts])

    def maintain(self) -> None:
        """Do nothing: a line never changes after it was written."""

    def _line(self, recorded: RecordedFact) -> AuditLine:
        fact = recorded.fact
        names = self.audited.get(fact.kind, frozenset())
        data = {name: value for name, value in fact.data.items() if name in names}
        if fact.action:
            data["action"] = fact.action
        data |= {name: getattr(fact, name) for name in ("amount", "columns") if name in names}
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


def _identity(line: AuditLine) -> tuple[int | str, ...]:
    # `detail` is left out: another release may have written it differently.
    return (line.seq, line.at, line.kind, line.caller, line.player, line.board, line.request)
