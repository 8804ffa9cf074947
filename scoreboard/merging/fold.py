"""How a guest is merged into an account: one fact, folded by every feature that knows the guest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.core.storage.db import Connection
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import PLAYER_MERGED, Fact, Span
from scoreboard.merging.types import Part, Revoked, Shows


@dataclass(frozen=True, kw_only=True)
class MergeFold:
    """Facts of the kind "player-merged"."""

    accounts: Part
    boards: Shows
    actions: Part
    kinds: frozenset[str] = frozenset({PLAYER_MERGED})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> MergeFoldBatch:
        """A batch of merges. Nothing is loaded before."""
        return MergeFoldBatch(db=db, at=at, parts=self)


@dataclass(kw_only=True)
class MergeFoldBatch(SimpleBatch):
    """Merges in one batch."""

    db: Connection
    at: int
    parts: MergeFold
    guests: list[str] = field(default_factory=list)
    changes: list[Any] = field(default_factory=list)
    revoked: dict[str, Any] = field(default_factory=dict)

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """Merge a guest. The result names the windows that changed. Raises what refuses it."""
        # Whatever may be refused comes before the first write: a refusal does not roll back.
        parts = (self.parts.accounts, self.parts.boards, self.parts.actions)
        end, move, join = [part.check(self.db, fact, seq, self.at) for part in parts]
        self.revoked |= end()
        changes = move()
        join()
        self.changes += changes
        self.guests.append(fact.data["guest"])
        windows = [change.window for change in changes]
        return {"windows": [[one.board, one.period, one.region] for one in windows]}

    def project(self, span: Span) -> Revoked:
        """Show the boards. Returns what was revoked, which this process must not read again."""
        self.parts.boards.project(self.changes, self.guests, span)
        return self.revoked
