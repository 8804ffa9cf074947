"""The follower that writes the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from scoreboard.audit.store import AuditLog
from scoreboard.audit.types import AuditLine
from scoreboard.journal.types import Recorded

# What facts hold that has no place in a log: secrets, and what tells of a person more than his id.
LEFT_OUT = frozenset({"hash", "session", "displayName", "region", "metadata", "result"})
COUNTED = frozenset({"score", "action"})


@dataclass(frozen=True, kw_only=True)
class AuditFollower:
    """Writes a line for each fact. Its position is the newest line: both are committed together."""

    audit: AuditLog
    name: str = "audit"

    def position(self) -> int:
        """The newest fact in the log."""
        return self.audit.newest()

    def restore(self) -> None:
        """The log has a position from its first day."""

    def follow(self, facts: Sequence[Recorded]) -> None:
        """Write the lines of these facts."""
        self.audit.write([_line(fact) for fact in facts])

    def tend(self) -> None:
        """Nothing to look after."""


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
    )
