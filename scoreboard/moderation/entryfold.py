"""The fold of decisions about entries, and of undoing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.boards.rules import StandingsOutdated
from scoreboard.core.storage.db import Connection
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import Fact, Position, Span
from scoreboard.moderation.planning import Actions, added, new_states, without
from scoreboard.moderation.rules import already_undone, nothing_to_decide
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.store.layers import Layers
from scoreboard.moderation.types import DECIDED, JOB_BEGUN, JOB_ENDED, UNDONE, Decision, Status

AUDITED = frozenset({"decision", "action", "entries", "filter", "author", "reason", "note", "undo"})


@dataclass(frozen=True, kw_only=True)
class EntryFold:
    """Folds decisions about entries. `changes` is the step of boards."""

    changes: Any
    kinds: frozenset[str] = frozenset({DECIDED, UNDONE, JOB_BEGUN, JOB_ENDED})
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> EntryFoldBatch:
        """Open a batch. Nothing needs to be loaded."""
        return EntryFoldBatch(db=db, at=at, fold=self, decisions=StoredDecisions(db), layers=Layers(db))


@dataclass(kw_only=True)
class EntryFoldBatch(SimpleBatch):
    """Folds the decisions of one batch."""

    db: Connection
    at: int
    fold: EntryFold
    decisions: StoredDecisions
    layers: Layers
    changes: list[Any] = field(default_factory=list)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Record a decision, or a part of it. Raises Conflict, Refused or StandingsOutdated."""
        apply = {DECIDED: self._decide, UNDONE: self._undo, JOB_BEGUN: self._begin, JOB_ENDED: self._end}
        return apply[fact.kind](fact, position.seq)

    def project(self, span: Span) -> bool:
        """Show the changes of the lists."""
        self.fold.changes.project(self.changes, span)
        return True

    def _decide(self, fact: Fact, seq: int) -> dict[str, Any]:
        data = fact.data
        job = self.decisions.get(data["decision"])
        changed, write = self._check(fact, added(data["action"]))
        if not changed and job is None:
            raise nothing_to_decide()
        if job is None:
            self.decisions.add(_decision(fact, seq, self.at, status="done"))
        else:
            self.decisions.move(job.id, position=data["entries"][-1], done=len(data["entries"]))
        self.layers.add(data["entries"], seq, data["decision"], data["action"])
        return {"changed": changed, "refolded": write(seq)}

    def _undo(self, fact: Fact, seq: int) -> dict[str, Any]:
        data = fact.data
        decision = self.decisions.get(data["decision"])
        if decision is None or decision.status not in ("done", "undoing"):
            raise already_undone()
        changed, write = self._check(fact, without(decision.id))
        self.layers.end(data["entries"], decision.id)
        if decision.status == "done":
            self.decisions.set_status(decision.id, "undone", at=self.at, by=data["author"])
        return {"changed": changed, "refolded": write(seq)}

    def _begin(self, fact: Fact, seq: int) -> dict[str, Any]:
        if not fact.data.get("undo"):
            self.decisions.add(_decision(fact, seq, self.at, status="running"))
            return {}
        decision = self.decisions.get(fact.data["decision"])
        if decision is None or decision.status != "done":
            raise already_undone()
        self.decisions.set_status(decision.id, "undoing", at=self.at, by=fact.data["author"])
        return {}

    def _end(self, fact: Fact, seq: int) -> dict[str, Any]:
        decision = self.decisions.get(fact.data["decision"])
        if decision is not None and decision.status == "running":
            self.decisions.set_status(decision.id, "done")
        elif decision is not None and decision.status == "undoing":
            self.decisions.set_status(decision.id, "undone", at=decision.ended_at, by=decision.ended_by)
        return {}

    def _check(self, fact: Fact, actions: Actions) -> tuple[int, Any]:
        """The number of entries that change, and a function that writes the standings. Writes nothing yet."""
        prepared = fact.private["prepared"]
        states = new_states(self.db, fact.data["entries"], actions)
        if {seq: state for seq, (_, state) in states.items()} != {
            change.entry: change.state for change in prepared.changes
        }:
            raise StandingsOutdated
        step = self.fold.changes.check(self.db, prepared)

        def write(seq: int) -> list[list[object]]:
            refolded, changes = step(seq, self.at)
            self.changes += changes
            return refolded  # type: ignore[no-any-return]

        return len(states), write


def _decision(fact: Fact, seq: int, at: int, *, status: Status) -> Decision:
    data = fact.data
    return Decision.of(
        fact,
        seq,
        at,
        filter=data.get("filter", ""),
        up_to=data.get("upTo", 0),
        total=data.get("total", len(data.get("entries", ()))),
        done=0 if status == "running" else len(data.get("entries", ())),
        status=status,
    )
