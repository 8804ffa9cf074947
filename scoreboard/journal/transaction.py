"""The transaction that records one batch of facts, from taking the write lock to the commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scoreboard.core.clock import Clock
from scoreboard.core.errors import Refused, ScoreboardError
from scoreboard.core.storage.db import Connection
from scoreboard.core.storage.sqlerrors import DriverError, classify
from scoreboard.core.storage.unavailable import DatabaseBusy, DatabaseFull, DatabaseLost
from scoreboard.journal.deferred import DeferredRows
from scoreboard.journal.store import JournalTable
from scoreboard.journal.types import Fact, Fold, FoldBatch, Outcome, Position, RecordedFact, Span

SKEW_MS = 60_000  # if hosts' clocks differ by no more, times in the journal never decrease


class CommitUnknown(Exception):
    """The connection broke during the commit. The facts may be recorded or not."""


class DeferredRowsRefused(Exception):
    """The database refuses the deferred rows. The facts must be recorded without them."""


@dataclass(kw_only=True)
class CommittedBatch:
    """A batch that was committed, and is to be projected."""

    outcomes: list[Outcome]
    batch: FoldBatch
    span: Span


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """Records facts of one kind in one commit. A fact that breaks a rule is refused, the others are not."""

    shard: int
    clock: Clock
    deferred: DeferredRows = field(default_factory=DeferredRows)

    def run(
        self, db: Connection, fold: Fold, facts: Sequence[Fact], before_commit: Callable[[], None]
    ) -> CommittedBatch:
        """Record `facts`. `before_commit` may raise to prevent the commit.

        Raises CommitUnknown if the commit may or may not have happened, and DeferredRowsRefused.
        """
        db.begin()
        try:
            committed = self._record(db, fold, facts)
            deferred_rows = self._write_deferred(db)
            before_commit()
        except BaseException:
            with suppress(Exception):
                db.rollback()
            raise
        try:
            db.commit()
        except DriverError as error:
            with suppress(Exception):
                db.rollback()
            if isinstance(classify(error), DatabaseLost):
                raise CommitUnknown(str(error)) from error
            raise
        self.deferred.forget(deferred_rows)
        return committed

    def _record(self, db: Connection, fold: Fold, facts: Sequence[Fact]) -> CommittedBatch:
        journal = JournalTable(db, self.shard)
        seq, newest = journal.lock()
        at = self._commit_time(newest)
        earlier = journal.find([fact.id for fact in facts])
        batch = fold.open(db, facts, at)
        first, lines, outcomes = seq + 1, [], []
        for fact in facts:
            outcome = self._record_one(batch, fact, earlier, Position(self.shard, seq + 1), at)
            if outcome.recorded is not None and not outcome.replayed:
                seq += 1
                earlier[fact.id] = outcome.recorded
                lines.append(outcome.recorded)
            outcomes.append(outcome)
        batch.finish()
        if lines:
            journal.write(lines)
        mark = lines[-1].mark if lines else ""
        span = Span(shard=self.shard, first=first, last=seq, before=newest, mark=mark)
        return CommittedBatch(outcomes=outcomes, batch=batch, span=span)

    def _write_deferred(self, db: Connection) -> int:
        try:
            return self.deferred.write(db)
        except DriverError as error:
            # The facts were just written in this transaction, so only the deferred rows are refused.
            if isinstance(classify(error), DatabaseLost | DatabaseBusy | DatabaseFull):
                raise
            raise DeferredRowsRefused(str(error)) from error

    def _record_one(
        self, batch: FoldBatch, fact: Fact, earlier: dict[str, RecordedFact], position: Position, at: int
    ) -> Outcome:
        line = earlier.get(fact.id)
        if line is not None:
            if line.fact.digest != fact.digest:
                return Outcome(error=_key_reused())
            batch.replay(line)
            return Outcome(recorded=line, replayed=True)
        try:
            result = batch.apply(fact, position)
        except ScoreboardError as error:
            return Outcome(error=error)
        return Outcome(recorded=RecordedFact(position=position, at=at, fact=fact, result=result))

    def _commit_time(self, newest: int) -> int:
        at = self.clock()
        return newest if 0 < newest - at <= SKEW_MS else at


def _key_reused() -> Refused:
    return Refused("This idempotency key was used before, for something else.", code="idempotency_key_reused")
