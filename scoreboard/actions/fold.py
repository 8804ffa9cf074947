"""How completed actions are recorded: checked under the write lock, then folded into boards like scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.rules import account_suspended, player_merged, scoring_disabled
from scoreboard.accounts.service import Accounts
from scoreboard.accounts.types import BarReason
from scoreboard.actions.receipts import Receipts
from scoreboard.actions.rules import Wins, add_points, check_overlap
from scoreboard.actions.store.guards import StoredGuards
from scoreboard.actions.types import COMPLETED
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Fold, FoldBatch, Position, Recorded, Span

Key = tuple[str, str]  # player and action type
# `late` is the annotation of a check, and `boards` is of earlier releases.
AUDITED = frozenset(
    {"amount", "columns", "feeds", "boards", "trust", "issuedAt", "tookMs", "exclusive", "caps", "late"}
)


@dataclass(frozen=True, kw_only=True)
class ActionFold:
    """Facts of the kind COMPLETED: a player completed an action."""

    scoring: Fold
    accounts: Accounts
    receipts: Receipts
    kinds: frozenset[str] = frozenset({COMPLETED})
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> ActionFoldBatch:
        """Load what the rules need to know about `facts`, and the standings that they change."""
        players = list({fact.player: None for fact in facts})
        alone = list({fact.player: None for fact in facts if fact.data["exclusive"]})
        capped = list({fact.player: None for fact in facts if any(_caps(fact))})
        guards = StoredGuards(db)
        return ActionFoldBatch(
            db=db,
            at=at,
            scoring=self.scoring.open(db, facts, at),
            receipts=self.receipts,
            barred=self.accounts.find_barred(db, players),
            ended=guards.ended(alone) if alone else {},
            wins=guards.wins(capped) if capped else {},
        )


@dataclass(frozen=True, kw_only=True)
class ActionFoldBatch:
    """Completed actions in one batch."""

    db: Connection
    at: int
    scoring: FoldBatch
    receipts: Receipts
    barred: dict[str, BarReason]
    ended: dict[str, int]
    wins: dict[Key, Wins]
    written: list[tuple[Position, str, dict[str, Any]]] = field(default_factory=list)
    _ended_now: set[str] = field(default_factory=set)
    _won_now: set[Key] = field(default_factory=set)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Count one action. Raises Forbidden, Conflict or TooMany, or the refusal of one of its boards."""
        wins = self._check(fact)
        result = self.scoring.apply(fact, position)
        if fact.data["exclusive"]:
            self.ended[fact.player] = self.at
            self._ended_now.add(fact.player)
        if wins is not None:
            self.wins[fact.player, fact.action] = wins
            self._won_now.add((fact.player, fact.action))
        self.written.append((position, fact.player, result))
        return result

    def replay(self, recorded: Recorded) -> None:
        """Show again the windows that an earlier completion changed."""
        self.scoring.replay(recorded)

    def finish(self) -> None:
        """Write what the batch changed."""
        self.scoring.finish()
        guards = StoredGuards(self.db)
        if self._ended_now:
            guards.write_ended({player: self.ended[player] for player in self._ended_now})
        if self._won_now:
            guards.write_wins({key: self.wins[key] for key in self._won_now})

    def project(self, span: Span) -> Any:
        """Show the boards, and keep the ranks for the receipts."""
        shown = self.scoring.project(span)
        for position, player, result in self.written:
            self.receipts.keep(position, player, result, shown)
        return shown

    def _check(self, fact: Fact) -> Wins | None:
        if fact.player in self.barred:
            raise _refusal(fact.player, self.barred[fact.player])
        if fact.data["exclusive"]:
            check_overlap(self.ended.get(fact.player, 0), fact.data["issuedAt"])
        if not any(_caps(fact)):
            return None
        before = self.wins.get((fact.player, fact.action), Wins())
        return add_points(before, fact.amount, self.at, _caps(fact))


def _refusal(player: str, reason: BarReason) -> ScoreboardError:
    refusals = {"suspended": account_suspended, "disabled": scoring_disabled}
    return player_merged(player) if reason == "merged" else refusals[reason]()


def _caps(fact: Fact) -> tuple[int | None, int | None]:
    hourly, daily = fact.data["caps"]
    return hourly, daily
