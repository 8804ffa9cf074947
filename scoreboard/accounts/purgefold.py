"""The fold that purges guests: under the write lock, so that a guest who scores at this moment stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.store.guests import StoredGuests
from scoreboard.core.errors import Conflict
from scoreboard.core.storage.db import Connection
from scoreboard.journal.service import players_since
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import Fact, Position, Span

ForgetNames = Callable[[Sequence[str], Span], None]


@dataclass(frozen=True, kw_only=True)
class PurgeFold:
    """Folds facts of the kind "guests-purged". After a commit it removes the names from the views."""

    forget_names: ForgetNames
    kinds: frozenset[str] = frozenset({"guests-purged"})
    audited: frozenset[str] = frozenset({"before"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> PurgeFoldBatch:
        """Open a batch of purges. It loads nothing in advance."""
        return PurgeFoldBatch(db=db, forget_names=self.forget_names)


@dataclass(frozen=True, kw_only=True)
class PurgeFoldBatch(SimpleBatch):
    """Folds the purges of one batch."""

    db: Connection
    forget_names: ForgetNames
    purged_players: list[str] = field(default_factory=list)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Delete guests. The result names them. Raises Conflict if none of them is idle any more."""
        # They had no scores when the journal ended at `head`. A later fact of a player keeps them.
        players: list[str] = fact.private["players"]
        active = players_since(self.db, fact.private["head"], players)
        idle = [player for player in players if player not in active]
        purged = StoredGuests(self.db).delete(idle, fact.data["before"])
        if not purged:
            raise Conflict("None of these guests is idle any more.")
        self.purged_players.extend(purged)
        return {"players": purged}

    def project(self, span: Span) -> None:
        """Remove the guests' names from the views."""
        self.forget_names(self.purged_players, span)
