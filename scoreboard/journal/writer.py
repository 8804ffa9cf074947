"""The writer: one per process, turns waiting facts into batches and batches into commits."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scoreboard.core.concurrency.deadline import ANSWER_SECONDS, left
from scoreboard.core.concurrency.oneshot import OneShotEvent
from scoreboard.core.errors import Unavailable
from scoreboard.core.storage.db import Database
from scoreboard.core.storage.unavailable import (
    DatabaseDenied,
    DatabaseFull,
    DatabaseLost,
    DatabaseUnavailable,
    unavailable,
)
from scoreboard.journal.notes import WAIT_SECONDS
from scoreboard.journal.transaction import Committed, CommitUnknown, DeferredRowsRefused, Transaction
from scoreboard.journal.types import Fact, Fold, Outcome, Recorded

log = logging.getLogger(__name__)

BATCH = 512  # facts; a submission is never split, so a batch may hold more
WAITING = 10_000  # facts that may wait before new ones are refused at once
TROUBLE_SECONDS = 4.0  # a failed write is not held against the database for longer: others may not be sent
CUT_SECONDS = 3.0  # beyond that, a write that hangs is cut off and looked up on a new connection

BUSY = "The database can't take it now. Send the same again."
UNKNOWN = "The database did not say whether it was written. Send the same again: it counts once."


class Abandoned(Exception):
    """A submission of the batch has given up waiting: the batch is done again without it."""


@dataclass(eq=False)
class Submission:
    """Facts that one caller waits for."""

    fold: Fold
    facts: Sequence[Fact]
    seconds: float
    latch: OneShotEvent = field(default_factory=OneShotEvent)
    outcomes: list[Outcome] = field(default_factory=list)
    error: Exception | None = None
    # Whoever pops it decides: the writer that commits, or the caller that gives up. A list's pop
    # is atomic between native threads, where gevent's locks are not made for it.
    token: list[bool] = field(default_factory=lambda: [True])
    abandoned: bool = False
    committing: bool = False

    def claim(self) -> bool:
        """Whether the one who asks gets to decide."""
        try:
            self.token.pop()
        except IndexError:
            return False
        return True

    def settle(self, *, outcomes: list[Outcome] | None = None, error: Exception | None = None) -> None:
        """Give the waiting caller its answer."""
        self.outcomes, self.error = outcomes or [], error
        self.latch.open()


class Writer:
    """Records facts: one commit for all that wait, exactly once each, in one order."""

    def __init__(
        self,
        database: Database,
        *,
        folds: Sequence[Fold],
        transaction: Transaction,
    ) -> None:
        """`database` is the writer's own: it holds the one connection that writes."""
        self._notes = transaction.notes
        self._database = database
        self._folds = {kind: fold for fold in folds for kind in fold.kinds}
        self._transaction = transaction
        self._queue: queue.SimpleQueue[Submission | None] = queue.SimpleQueue()
        self._aside: deque[Submission] = deque()
        self._waiting = 0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._trouble: tuple[DatabaseUnavailable, float] | None = None

    def append(self, facts: Sequence[Fact], *, seconds: float | None = None) -> list[Outcome]:
        """Record facts of one kind, and wait until they are committed, or for `seconds`.

        Where that is None, for what is left of the request.

        Appending the same facts again records nothing and gives the stored results. Raises
        Unavailable: ledger_unavailable and storage_full mean that nothing was written,
        outcome_unknown that it can't be told; sending the same again is right for all three.
        """
        if not facts:
            return []
        if self._waiting + len(facts) > WAITING:
            raise Unavailable("Too many writes are waiting. Send the same again.")
        if seconds is None:
            seconds = left(ANSWER_SECONDS)
        submission = Submission(self._folds[facts[0].kind], facts, seconds)
        self._submit(submission)
        if not submission.latch.wait(seconds):
            if submission.claim():
                submission.abandoned = True
                raise Unavailable(BUSY)
            raise Unavailable(UNKNOWN, code="outcome_unknown")
        if submission.error is not None:
            raise submission.error
        return submission.outcomes

    def record(self, fact: Fact, *, seconds: float | None = None) -> Recorded:
        """Append one fact. Raises what refuses it, or Unavailable as `append` does."""
        (outcome,) = self.append([fact], seconds=seconds)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.recorded is not None
        return outcome.recorded

    @property
    def waiting(self) -> int:
        """How many facts wait to be written."""
        return self._waiting

    @property
    def trouble(self) -> DatabaseUnavailable | None:
        """Why nothing can be written, where the newest write says so and is not long ago."""
        trouble = self._trouble  # read once: the writer's thread changes it
        if trouble is None or time.monotonic() - trouble[1] > TROUBLE_SECONDS:
            return None
        return trouble[0]

    def stop(self) -> None:
        """Finish what waits, then end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=5)
            self._thread = None

    def _submit(self, submission: Submission) -> None:
        self._waiting += len(submission.facts)
        self._queue.put(submission)
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._loop, name="journal-writer", daemon=True)
                    self._thread.start()

    def _loop(self) -> None:
        for batch in self._batches():
            try:
                self._write(batch)
            except Exception as error:
                log.exception("a batch failed in a way that nobody thought of")
                self._settle(batch, error)
            self._waiting -= sum(len(submission.facts) for submission in batch)

    def _batches(self) -> Iterator[list[Submission]]:
        # No waiting for company: while one batch commits, the next one gathers.
        while True:
            try:
                first = self._aside.popleft() if self._aside else self._next()
            except queue.Empty:
                self._write_notes()
                continue
            if first is None:
                self._write_notes()
                return
            yield self._gather(first)

    def _next(self) -> Submission | None:
        return self._queue.get(timeout=WAIT_SECONDS if self._notes else None)

    def _gather(self, first: Submission) -> list[Submission]:
        """All that wait and are of the first one's kind, in order; the others go next."""
        kind, batch, size, others = first.facts[0].kind, [first], len(first.facts), deque[Submission]()
        for following in self._waiting_now():
            if following.facts[0].kind != kind or size >= BATCH:
                others.append(following)
            else:
                batch.append(following)
                size += len(following.facts)
        self._aside = others
        return batch

    def _waiting_now(self) -> Iterator[Submission]:
        yield from self._aside
        for _ in range(BATCH):
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                return
            if following is None:
                self._queue.put(None)
                return
            yield following

    def _write_notes(self) -> None:
        if not self._notes:
            return
        try:
            self._database.transaction(self._notes.write)
            self._notes.forget(len(self._notes))
        except Exception as error:  # noqa: BLE001 - they are no promise, and the next ones must not wait
            self._drop_notes(error)

    def _drop_notes(self, error: Exception) -> None:
        if self._notes:
            log.warning("notes are lost", extra={"count": len(self._notes), "reason": str(error)})
            self._notes.forget(len(self._notes))

    def _write(self, batch: list[Submission], *, tries: int = 2, claim_first: bool = False) -> None:
        batch = [submission for submission in batch if not submission.abandoned]
        if not batch:
            return
        try:
            committed = self._commit(batch, claim_first=claim_first)
        except Abandoned:
            # Who waits still is claimed before the work now. Where a batch takes longer than callers
            # wait, it would be done again and again else, until nobody waits any more.
            self._write(batch, tries=tries, claim_first=True)
        except DeferredRowsRefused as error:
            self._drop_notes(error)
            self._write(batch, tries=tries)
        except (DatabaseLost, CommitUnknown) as error:
            self._drop_notes(error)
            # After a lost commit the same batch is sent again: waiting for the write lock lets
            # the first try end, and ids that it recorded are then replayed, not counted twice.
            self._retry(batch, tries, error)
        except DatabaseUnavailable as error:
            self._remember(error)
            self._fail(batch, unavailable(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, one fact's mistake is not the others'
            self._alone(batch, error)
        else:
            self._trouble = None
            self._publish(batch, committed)

    def _retry(self, batch: list[Submission], tries: int, error: DatabaseLost | CommitUnknown) -> None:
        if tries > 1:
            self._write(batch, tries=tries - 1)
        else:
            self._fail(batch, unavailable(error) if isinstance(error, DatabaseLost) else Unavailable(BUSY))

    def _remember(self, error: DatabaseUnavailable) -> None:
        if isinstance(error, DatabaseDenied | DatabaseFull):
            self._trouble = (error, time.monotonic())

    def _fail(self, batch: list[Submission], error: Unavailable) -> None:
        # Once a commit was lost, no later failure can tell that nothing was written.
        lost = any(submission.committing for submission in batch)
        self._settle(batch, Unavailable(UNKNOWN, code="outcome_unknown") if lost else error)

    def _alone(self, batch: list[Submission], error: Exception) -> None:
        # Halving finds the one bad submission without failing its neighbours.
        if len(batch) == 1:
            log.error("a fact can't be recorded", exc_info=error)
            self._settle(batch, error)
            return
        middle = len(batch) // 2
        self._write(batch[:middle])
        self._write(batch[middle:])

    def _commit(self, batch: list[Submission], *, claim_first: bool) -> Committed:
        facts = [fact for submission in batch for fact in submission.facts]
        claimed: list[Submission] = []

        def claim() -> None:
            for submission in batch:
                if submission.committing:
                    continue
                if not submission.claim():
                    raise Abandoned
                submission.committing = True
                claimed.append(submission)

        try:
            if claim_first:
                claim()
            return self._database.run(
                lambda db: self._transaction.run(db, batch[0].fold, facts, claim),
                seconds=CUT_SECONDS + max(submission.seconds for submission in batch),
            )
        except CommitUnknown:
            raise
        except BaseException:
            for submission in claimed:
                submission.committing = False
                submission.token.append(True)
            raise

    def _publish(self, batch: list[Submission], committed: Committed) -> None:
        shown = None
        try:
            shown = committed.batch.project(committed.span)
        except Exception:
            # It is committed; a view that fails is repaired by its follower.
            log.exception("a committed batch could not be shown")
        outcomes = iter(committed.outcomes)
        for submission in batch:
            mine = [next(outcomes) for _ in submission.facts]
            for outcome in mine:
                outcome.shown = shown
            submission.settle(outcomes=mine)

    def _settle(self, batch: list[Submission], error: Exception) -> None:
        for submission in batch:
            submission.settle(error=error)
