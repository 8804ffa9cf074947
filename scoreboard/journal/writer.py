"""The writer: one thread of a process turns waiting facts into batches, and batches into commits."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence

from scoreboard.core.concurrency.deadline import ANSWER_SECONDS, seconds_left
from scoreboard.core.errors import Unavailable
from scoreboard.core.storage.db import Database
from scoreboard.core.storage.unavailable import (
    DatabaseDenied,
    DatabaseFull,
    DatabaseLost,
    DatabaseUnavailable,
    unavailable,
)
from scoreboard.journal.deferred import WAIT_SECONDS
from scoreboard.journal.ordered import OrderedWork
from scoreboard.journal.submissions import Submission, SubmissionQueue
from scoreboard.journal.transaction import CommittedBatch, CommitUnknown, DeferredRowsRefused, Transaction
from scoreboard.journal.types import Fact, Fold, Outcome, RecordedFact

log = logging.getLogger(__name__)

LARGE = 64  # facts; the next batch is committed while such a batch is shown
WAITING = 10_000  # facts that may wait before new ones are refused at once
FAULT_SECONDS = 4.0  # a failed write counts as a fault of the database for this long; no other may follow
CUT_SECONDS = 3.0  # after the callers gave up, a write that hangs is cut off and sent again

BUSY = "The database can't write this request now. Send the request again."
UNKNOWN = "The database did not confirm the write. Send the request again: it counts once."


class SubmissionAbandoned(Exception):
    """A caller in the batch gave up waiting: the batch is written again without that submission."""


class Writer:
    """Records facts, exactly once each and in one order: one commit for all facts that wait."""

    def __init__(
        self,
        database: Database,
        *,
        folds: Sequence[Fold],
        transaction: Transaction,
    ) -> None:
        """`database` is the writer's own: it holds the one connection that writes."""
        self._database = database
        self._folds = {kind: fold for fold in folds for kind in fold.kinds}
        self._transaction = transaction
        self.deferred = transaction.deferred
        self._submissions = SubmissionQueue()
        self._showing = OrderedWork("journal-showing")
        self._shows = False  # the last batch could be shown
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._fault: tuple[DatabaseUnavailable, float] | None = None

    def append(self, facts: Sequence[Fact], *, seconds: float | None = None) -> list[Outcome]:
        """Record facts of one kind, and wait until they are committed, for `seconds` at most.

        If `seconds` is None, it waits until the deadline of the request. Appending the same facts again
        records nothing and returns the stored results. Raises Unavailable: ledger_unavailable and
        storage_full mean that nothing was written, outcome_unknown that the facts may be written or not.
        After each of them the caller may append the same facts again.
        """
        if not facts:
            return []
        if self.waiting + len(facts) > WAITING:
            raise Unavailable("Too many writes are waiting. Send the request again.")
        if seconds is None:
            seconds = seconds_left(ANSWER_SECONDS)
        submission = Submission(self._folds[facts[0].kind], facts, seconds)
        self._submit(submission)
        if not submission.settled.wait(seconds):
            if submission.acquire():
                submission.abandoned = True
                raise Unavailable(BUSY)
            raise Unavailable(UNKNOWN, code="outcome_unknown")
        if submission.error is not None:
            raise submission.error
        return submission.outcomes

    def record(self, fact: Fact, *, seconds: float | None = None) -> RecordedFact:
        """Append one fact. Raises the ScoreboardError that refuses it, or Unavailable as `append` does."""
        (outcome,) = self.append([fact], seconds=seconds)
        if outcome.error is not None:
            raise outcome.error
        assert outcome.recorded is not None
        return outcome.recorded

    @property
    def waiting(self) -> int:
        """The number of facts that are not written yet."""
        return self._submissions.waiting

    @property
    def queue_length(self) -> int:
        """The number of submissions that the writer's thread has not taken yet."""
        return len(self._submissions)

    @property
    def fault(self) -> DatabaseUnavailable | None:
        """The error of a recent write that shows that nothing can be written; None if there is none."""
        fault = self._fault  # read once: the writer's thread changes it
        if fault is None or time.monotonic() - fault[1] > FAULT_SECONDS:
            return None
        return fault[0]

    def stop(self) -> None:
        """Write the submissions that wait, then end the thread."""
        if self._thread is not None:
            self._submissions.close()
            self._thread.join(timeout=5)
            self._thread = None

    def _submit(self, submission: Submission) -> None:
        self._submissions.put(submission)
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._loop, name="journal-writer", daemon=True)
                    self._thread.start()

    def _loop(self) -> None:
        while True:
            try:
                batch = self._submissions.next_batch(WAIT_SECONDS if self.deferred else None)
            except queue.Empty:
                self._write_deferred()
                continue
            if batch is None:
                self._showing.stop()
                self._write_deferred()
                return
            try:
                self._write(batch)
            except Exception as error:
                log.exception("unexpected error in a batch of facts")
                self._settle(batch, error)
            self._submissions.finish(batch)

    def _write_deferred(self) -> None:
        if not self.deferred:
            return
        try:
            self._database.transaction(self.deferred.write)
            self.deferred.forget(len(self.deferred))
        except Exception as error:  # noqa: BLE001 - no caller waits for them, and the next batch must not wait
            self._drop_deferred(error)

    def _drop_deferred(self, error: Exception) -> None:
        if self.deferred:
            log.warning("deferred rows are lost", extra={"count": len(self.deferred), "reason": str(error)})
            self.deferred.forget(len(self.deferred))

    def _write(self, batch: list[Submission], *, tries: int = 2, acquire_first: bool = False) -> None:
        batch = [submission for submission in batch if not submission.abandoned]
        if not batch:
            return
        try:
            committed = self._commit(batch, acquire_first=acquire_first)
        except SubmissionAbandoned:
            # The remaining submissions are acquired before the work this time. Otherwise a batch that takes
            # longer than callers wait would be retried until all of them have timed out.
            self._write(batch, tries=tries, acquire_first=True)
        except DeferredRowsRefused as error:
            self._drop_deferred(error)
            self._write(batch, tries=tries)
        except (DatabaseLost, CommitUnknown) as error:
            self._drop_deferred(error)
            # After a lost commit the same batch is sent again: waiting for the write lock lets
            # the first try end, and ids that it recorded are then replayed, not counted twice.
            self._retry(batch, tries, error)
        except DatabaseUnavailable as error:
            self._remember(error)
            self._fail(batch, unavailable(error))
        except Exception as error:  # noqa: BLE001 - no error of one fact may fail the others
            self._isolate(batch, error)
        else:
            self._fault = None
            self._project(batch, committed)

    def _retry(self, batch: list[Submission], tries: int, error: DatabaseLost | CommitUnknown) -> None:
        if tries > 1:
            self._write(batch, tries=tries - 1)
        else:
            self._fail(batch, unavailable(error) if isinstance(error, DatabaseLost) else Unavailable(BUSY))

    def _remember(self, error: DatabaseUnavailable) -> None:
        if isinstance(error, DatabaseDenied | DatabaseFull):
            self._fault = (error, time.monotonic())

    def _fail(self, batch: list[Submission], error: Unavailable) -> None:
        # Once a commit was lost, no later failure proves that nothing was written.
        lost = any(submission.committing for submission in batch)
        self._settle(batch, Unavailable(UNKNOWN, code="outcome_unknown") if lost else error)

    def _isolate(self, batch: list[Submission], error: Exception) -> None:
        # Halving finds the one bad submission without failing its neighbours.
        if len(batch) == 1:
            log.error("a fact can't be recorded", exc_info=error)
            self._settle(batch, error)
            return
        middle = len(batch) // 2
        self._write(batch[:middle])
        self._write(batch[middle:])

    def _commit(self, batch: list[Submission], *, acquire_first: bool) -> CommittedBatch:
        facts = [fact for submission in batch for fact in submission.facts]
        acquired: list[Submission] = []

        def acquire() -> None:
            for submission in batch:
                if submission.committing:
                    continue
                if not submission.acquire():
                    raise SubmissionAbandoned
                submission.committing = True
                acquired.append(submission)

        try:
            if acquire_first:
                acquire()
            return self._database.run(
                lambda db: self._transaction.run(db, batch[0].fold, facts, acquire),
                seconds=CUT_SECONDS + max(submission.seconds for submission in batch),
            )
        except CommitUnknown:
            raise
        except BaseException:
            for submission in acquired:
                submission.committing = False
                submission.release()
            raise

    def _project(self, batch: list[Submission], committed: CommittedBatch) -> None:
        """Project a committed batch, then settle it: receipts hold the ranks that the view returns.

        Batches are projected in the order of their commits. A small one is projected here, because a change
        of threads costs more than it gains. So is one after a batch that could not be shown: only a view that
        has all facts of the journal can be found to be current again.

        A slow Redis delays commits. The delay is bounded by HOT_SECONDS, and then by the breaker, which
        leaves Redis alone for a while (`core/storage/redis.py`).
        """
        if len(committed.outcomes) >= LARGE and self._shows:
            self._showing.begin(lambda: self._show(batch, committed))
        else:
            self._showing.wait()
            self._show(batch, committed)

    def _show(self, batch: list[Submission], committed: CommittedBatch) -> None:
        shown = None
        try:
            shown = committed.batch.project(committed.span)
            self._shows = bool(shown)
        except Exception:
            # It is committed; its follower repairs a view that fails.
            self._shows = False
            log.exception("a committed batch could not be projected")
        outcomes = iter(committed.outcomes)
        for submission in batch:
            own = [next(outcomes) for _ in submission.facts]
            for outcome in own:
                outcome.shown = shown
            submission.settle(outcomes=own)

    def _settle(self, batch: list[Submission], error: Exception) -> None:
        for submission in batch:
            submission.settle(error=error)
