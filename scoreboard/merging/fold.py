"""The fold that merges a guest into an account. Each feature with data of guests contributes a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.core.storage.db import Connection
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import PLAYER_MERGED, Fact, Position, Span
from scoreboard.merging.types import BoardStep, MergeStep, Revocations


@dataclass(frozen=True, kw_only=True)
class MergeFold:
    """Folds facts of the kind "player-merged"."""

    accounts: MergeStep
    boards: BoardStep
    actions: MergeStep
    kinds: frozenset[str] = frozenset({PLAYER_MERGED})
    audited: frozenset[str] = frozenset({"guest"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> MergeFoldBatch:
        """Open a batch of merges. Nothing needs to be loaded."""
        return MergeFoldBatch(db=db, at=at, fold=self)


@dataclass(kw_only=True)
class MergeFoldBatch(SimpleBatch):
    """Folds the merges of one batch."""

    db: Connection
    at: int
    fold: MergeFold
    guests: list[str] = field(default_factory=list)
    changes: list[Any] = field(default_factory=list)
    revocations: dict[str, Any] = field(default_factory=dict)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Merge a guest. The result has the windows that changed. Raises the error of a step that refuses."""
        # All steps check before the first of them writes, because refusing a fact does not roll back.
        steps = (self.fold.accounts, self.fold.boards, self.fold.actions)
        end_sessions, move_standings, combine_guards = [
            step.check(self.db, fact, position, self.at) for step in steps
        ]
        self.revocations |= end_sessions()
        windows, changes = move_standings()
        combine_guards()
        self.changes += changes
        self.guests.append(fact.data["guest"])
        return {"windows": [[one.board, one.period, one.region] for one in windows]}

    def project(self, span: Span) -> Revocations:
        """Write the changes to Redis. Returns the revocations, which this process applies at once."""
        self.fold.boards.project(self.changes, self.guests, span)
        return self.revocations
