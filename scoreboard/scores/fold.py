"""The fold of reported scores. It refuses those of players who were merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoreboard.accounts.rules import player_merged
from scoreboard.accounts.service import Accounts
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Fold, FoldBatch, Position, RecordedFact, Span

# `operator` is of earlier releases.
AUDITED = frozenset({"amount", "columns", "feeds", "import", "occurredAt", "operator"})


@dataclass(frozen=True, kw_only=True)
class ScoreFold:
    """Folds facts of the kind "score": a server reported a score."""

    scoring: Fold
    accounts: Accounts
    kinds: frozenset[str] = frozenset({"score"})
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> ScoreFoldBatch:
        """Load the standings that `facts` change, and those of their players who were merged."""
        players = {fact.player: None for fact in facts}
        scoring = self.scoring.open(db, facts, at)
        return ScoreFoldBatch(scoring=scoring, merged_into=self.accounts.find_merged(db, players))


@dataclass(frozen=True, kw_only=True)
class ScoreFoldBatch:
    """Folds the reported scores of one batch."""

    scoring: FoldBatch
    merged_into: Mapping[str, str]  # guest -> account

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Count one score. Raises Conflict, player_merged, or the refusal of its board."""
        if fact.player in self.merged_into:
            raise player_merged(fact.player, self.merged_into[fact.player])
        return self.scoring.apply(fact, position)

    def replay(self, recorded: RecordedFact) -> None:
        """Show again the windows that an earlier score changed."""
        self.scoring.replay(recorded)

    def finish(self) -> None:
        """Write the standings that the batch changed."""
        self.scoring.finish()

    def project(self, span: Span) -> Any:
        """Project the boards."""
        return self.scoring.project(span)
