"""The fold of decisions about players, of their end, and of players' wishes not to be listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.service import PlayerStates
from scoreboard.accounts.types import PlayerState, Revocation
from scoreboard.core.storage.db import Connection
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import Fact, Position, Span
from scoreboard.moderation.playerrules import is_same, player_state
from scoreboard.moderation.rules import already_undone, nothing_to_decide
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.types import PLAYER_DECIDED, PLAYER_LISTED, PLAYER_UNDONE, Decision

AUDITED = frozenset({"decision", "action", "author", "reason", "note", "until", "hide", "why", "listed"})


@dataclass(frozen=True, kw_only=True)
class PlayerFold:
    """Folds decisions about players. `accounts` and `boards` are the steps of these features."""

    accounts: Any
    boards: Any
    kinds: frozenset[str] = frozenset({PLAYER_DECIDED, PLAYER_UNDONE, PLAYER_LISTED})
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> PlayerFoldBatch:
        """Open a batch. Nothing needs to be loaded."""
        return PlayerFoldBatch(db=db, at=at, fold=self, decisions=StoredDecisions(db))


@dataclass(kw_only=True)
class PlayerFoldBatch(SimpleBatch):
    """Folds the decisions about players of one batch."""

    db: Connection
    at: int
    fold: PlayerFold
    decisions: StoredDecisions
    changes: list[Any] = field(default_factory=list)
    revocations: dict[str, Revocation] = field(default_factory=dict)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Change a player's state. Raises Conflict, nothing_to_decide or already_undone."""
        apply = {PLAYER_DECIDED: self._decide, PLAYER_UNDONE: self._undo, PLAYER_LISTED: self._list}
        return apply[fact.kind](fact, position.seq)

    def project(self, span: Span) -> dict[str, Revocation]:
        """Show the changes of the lists. Returns the revocations, which this process takes in at once."""
        self.fold.boards.project(self.changes, span)
        return self.revocations

    def _decide(self, fact: Fact, seq: int) -> dict[str, Any]:
        data = fact.data
        decision = Decision.of(
            fact, seq, self.at, player=fact.player, until=data.get("until"), hide=data.get("hide")
        )
        before = PlayerStates(self.db).get(fact.player)
        decisions = [*self.decisions.about(fact.player), decision]
        after = player_state(fact.player, decisions, unlisted=before.unlisted, changed=seq)
        if is_same(before, after) and not self.fold.accounts.differs(self.db, after):
            raise nothing_to_decide()
        self.decisions.add(decision)
        return self._write(before, after, seq)

    def _undo(self, fact: Fact, seq: int) -> dict[str, Any]:
        data = fact.data
        decision = self.decisions.get(data["decision"])
        if decision is None or decision.status != "done":
            raise already_undone()
        self.decisions.set_status(decision.id, data["why"], at=self.at, by=data["author"])
        before = PlayerStates(self.db).get(fact.player)
        decisions = self.decisions.about(fact.player)
        after = player_state(fact.player, decisions, unlisted=before.unlisted, changed=seq)
        return self._write(before, after, seq)

    def _list(self, fact: Fact, seq: int) -> dict[str, Any]:
        before, unlisted = PlayerStates(self.db).get(fact.player), not fact.data["listed"]
        decisions = self.decisions.about(fact.player)
        after = player_state(fact.player, decisions, unlisted=unlisted, changed=seq)
        return self._write(before, after, seq)

    def _write(self, before: PlayerState, after: PlayerState, seq: int) -> dict[str, Any]:
        self.revocations |= self.fold.accounts.write(self.db, after, at=self.at)
        if before.concealed == after.concealed:
            return {"refolded": []}
        refolded, changes = self.fold.boards.conceal(
            self.db, after.player, concealed=after.concealed, seq=seq, at=self.at
        )
        self.changes += changes
        return {"refolded": refolded}
