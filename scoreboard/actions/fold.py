"""The fold of completed actions: it checks them under the write lock, then folds them into boards."""

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
from scoreboard.journal.types import Fact, Fold, FoldBatch, Position, RecordedFact, Span

Key = tuple[str, str]  # player and action type
# `late` is the annotation of a check, and `boards` is of earlier releases.
AUDITED = frozenset(
    {"amount", "columns", "feeds", "boards", "trust", "issuedAt", "tookMs", "exclusive", "caps", "late"}
)


@dataclass(frozen=True, kw_only=True)
class ActionFold:
    """Folds facts of the kind COMPLETED: a player completed an action."""

    scoring: Fold
    accounts: Accounts
    receipts: Receipts
    kinds: frozenset[str] = frozenset({COMPLETED})
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> ActionFoldBatch:
        """Load the state that the rules need for `facts`, and the standings that they change."""
        players = list({fact.player: None for fact in facts})
        exclusive_players = list({fact.player: None for fact in facts if fact.data["exclusive"]})
        capped_players = list({fact.player: None for fact in facts if any(_caps(fact))})
        guards = StoredGuards(db)
        return ActionFoldBatch(
            db=db,
            at=at,
            scoring=self.scoring.open(db, facts, at),
            receipts=self.receipts,
            bar_reasons=self.accounts.find_barred(db, players),
            exclusive_ends=guards.exclusive_ends(exclusive_players) if exclusive_players else {},
            wins=guards.wins(capped_players) if capped_players else {},
        )


@dataclass(frozen=True, kw_only=True)
class ActionFoldBatch:
    """Folds the completed actions of one batch."""

    db: Connection
    at: int
    scoring: FoldBatch
    receipts: Receipts
    bar_reasons: dict[str, BarReason]
    exclusive_ends: dict[str, int]
    wins: dict[Key, Wins]
    results: list[tuple[Position, str, dict[str, Any]]] = field(default_factory=list)
    _ended_now: set[str] = field(default_factory=set)
    _won_now: set[Key] = field(default_factory=set)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Count one action. Raises Forbidden, Conflict or TooMany, or the refusal of one of its boards."""
        wins = self._check(fact)
        result = self.scoring.apply(fact, position)
        if fact.data["exclusive"]:
            self.exclusive_ends[fact.player] = self.at
            self._ended_now.add(fact.player)
        if wins is not None:
            self.wins[fact.player, fact.action] = wins
            self._won_now.add((fact.player, fact.action))
        self.results.append((position, fact.player, result))
        return result

    def replay(self, recorded: RecordedFact) -> None:
        """Show again the windows that an earlier completion changed."""
        self.scoring.replay(recorded)

    def finish(self) -> None:
        """Write the standings and guards that the batch changed."""
        self.scoring.finish()
        guards = StoredGuards(self.db)
        if self._ended_now:
            guards.write_exclusive_ends({player: self.exclusive_ends[player] for player in self._ended_now})
        if self._won_now:
            guards.write_wins({key: self.wins[key] for key in self._won_now})

    def project(self, span: Span) -> Any:
        """Project the boards, and keep the ranks for the receipts."""
        shown = self.scoring.project(span)
        for position, player, result in self.results:
            self.receipts.keep(position, player, result, shown)
        return shown

    def _check(self, fact: Fact) -> Wins | None:
        if fact.player in self.bar_reasons:
            raise _refusal(fact.player, self.bar_reasons[fact.player])
        if fact.data["exclusive"]:
            check_overlap(self.exclusive_ends.get(fact.player, 0), fact.data["issuedAt"])
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
