"""How refusals are recorded: each token's once, and of a player the first few in each hour of the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.actions.rules import HOUR_MS
from scoreboard.actions.store import refused as table
from scoreboard.core.errors import TooMany
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Recorded, Span

MOST_AN_HOUR = 10  # those say it all, and the journal keeps them for ever


@dataclass(frozen=True, kw_only=True)
class RefusedFold:
    """Facts of the kind "action-refused": a player completed an action sooner than it can be done."""

    announce: Callable[[Span], None]
    kinds: frozenset[str] = frozenset({"action-refused"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> RefusedFoldBatch:
        """Load how many were recorded in this hour."""
        players = list({fact.player: None for fact in facts})
        taken = table.taken(db, at // HOUR_MS, players)
        return RefusedFoldBatch(db=db, at=at, announce=self.announce, taken=taken)


@dataclass(frozen=True, kw_only=True)
class RefusedFoldBatch:
    """Refusals in one batch."""

    db: Connection
    at: int
    announce: Callable[[Span], None]
    taken: dict[str, int]
    _taken_now: dict[str, int] = field(default_factory=dict)

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """Take one more. Raises TooMany, which nobody hears of, until the next hour begins."""
        taken = self.taken.get(fact.player, 0)
        if taken >= MOST_AN_HOUR:
            wait_ms = HOUR_MS - self.at % HOUR_MS
            raise TooMany(
                f"{taken} refusals are noted in this hour.", retry_after_seconds=-(-wait_ms // 1000)
            )
        self.taken[fact.player] = self._taken_now[fact.player] = taken + 1
        return {}

    def replay(self, recorded: Recorded) -> None:
        """Nothing is shown."""

    def finish(self) -> None:
        """Write how many were taken."""
        table.write_taken(self.db, self.at // HOUR_MS, self._taken_now)

    def project(self, span: Span) -> None:
        """No board changes by these facts."""
        self.announce(span)
