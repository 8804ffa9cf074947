"""How guests are purged: under the write lock, so that a guest who scores at this moment stays."""

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

Announce = Callable[[Sequence[str], Span], None]


@dataclass(frozen=True, kw_only=True)
class PurgeFold:
    """Facts of the kind "guests-purged"."""

    announce: Announce
    kinds: frozenset[str] = frozenset({"guests-purged"})
    audited: frozenset[str] = frozenset({"before"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> PurgeFoldBatch:
        """A batch of purges. Nothing is loaded before."""
        return PurgeFoldBatch(db=db, announce=self.announce)


@dataclass(frozen=True, kw_only=True)
class PurgeFoldBatch(SimpleBatch):
    """Purges in one batch."""

    db: Connection
    announce: Announce
    purged: list[str] = field(default_factory=list)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Delete guests. The result names them. Raises Conflict if none of them is idle any more."""
        # They had no scores when the journal ended at `head`. A later fact of a player keeps them.
        found: list[str] = fact.private["players"]
        since = players_since(self.db, fact.private["head"], found)
        quiet = [player for player in found if player not in since]
        purged = StoredGuests(self.db).delete(quiet, fact.data["before"])
        if not purged:
            raise Conflict("None of these guests is idle any more.")
        self.purged.extend(purged)
        return {"players": purged}

    def project(self, span: Span) -> None:
        """Remove the names from the views."""
        self.announce(self.purged, span)
