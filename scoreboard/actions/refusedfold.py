"""The fold of refusals. It records only the first few of a player in each hour of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.actions.rules import HOUR_MS
from scoreboard.actions.store.refused import StoredRefusals
from scoreboard.core.errors import TooMany
from scoreboard.core.storage.db import Connection
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import Announce, Fact, Position, Span

MAX_AN_HOUR = 10  # enough to recognise a cheating player; the journal keeps facts forever


@dataclass(frozen=True, kw_only=True)
class RefusedFold:
    """Folds facts of the kind "action-refused": a player completed an action sooner than it can be done."""

    announce: Announce
    kinds: frozenset[str] = frozenset({"action-refused"})
    audited: frozenset[str] = frozenset({"code", "tookMs", "minMs"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> RefusedFoldBatch:
        """Load the players' counts of this hour."""
        players = list({fact.player: None for fact in facts})
        counts = StoredRefusals(db).counts(at // HOUR_MS, players)
        return RefusedFoldBatch(db=db, at=at, announce=self.announce, counts=counts)


@dataclass(frozen=True, kw_only=True)
class RefusedFoldBatch(SimpleBatch):
    """Folds the refusals of one batch."""

    db: Connection
    at: int
    announce: Announce
    counts: dict[str, int]
    _changed: dict[str, int] = field(default_factory=dict)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Count a refusal. Raises TooMany, which players never see, if the player has reached the maximum."""
        count = self.counts.get(fact.player, 0)
        if count >= MAX_AN_HOUR:
            wait_ms = HOUR_MS - self.at % HOUR_MS
            raise TooMany(
                f"{count} refusals of this player are recorded in this hour.",
                retry_after_seconds=-(-wait_ms // 1000),
            )
        self.counts[fact.player] = self._changed[fact.player] = count + 1
        return {}

    def finish(self) -> None:
        """Write the counts that changed."""
        StoredRefusals(self.db).write(self.at // HOUR_MS, self._changed)

    def project(self, span: Span) -> None:
        """Announce the facts, which change no board."""
        self.announce(span)
