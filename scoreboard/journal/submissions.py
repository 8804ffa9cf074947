"""Submissions: facts on their way from the callers' threads to the writer's thread."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scoreboard.journal.types import Fact, Fold, Outcome

BATCH = 512  # facts; a submission is never split, so a batch may hold more


class OneShotEvent:
    """An event that one thread waits for, once. Cheaper than threading.Event."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Let the waiting thread go on. Call it once."""
        self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Wait until the event is set, for `seconds` at most. Returns False if it is not set by then."""
        return self._lock.acquire(timeout=max(0.0, seconds))


@dataclass(eq=False)
class Submission:
    """Facts that one caller hands in and waits for."""

    fold: Fold
    facts: Sequence[Fact]
    seconds: float  # that the caller waits
    settled: OneShotEvent = field(default_factory=OneShotEvent)
    outcomes: list[Outcome] = field(default_factory=list)
    error: Exception | None = None
    abandoned: bool = False  # the caller gave up
    committing: bool = False  # the writer acquired it
    # One permit, for the writer that commits or the caller that gives up, whichever is first. A list's pop
    # is atomic between native threads; gevent's locks are not made for them.
    _permit: list[bool] = field(default_factory=lambda: [True])

    def acquire(self) -> bool:
        """Acquire the right to commit or to abandon it. Returns False if the other side has it."""
        try:
            self._permit.pop()
        except IndexError:
            return False
        return True

    def release(self) -> None:
        """Return that right: nothing was committed."""
        self._permit.append(True)

    def settle(self, *, outcomes: list[Outcome] | None = None, error: Exception | None = None) -> None:
        """Give the waiting caller the outcomes, or the error."""
        self.outcomes, self.error = outcomes or [], error
        self.settled.set()


class SubmissionQueue:
    """Submissions that wait for the writer. `waiting` counts their facts and those being written."""

    def __init__(self) -> None:
        self.waiting = 0
        self._queue: queue.SimpleQueue[Submission | None] = queue.SimpleQueue()
        self._aside: deque[Submission] = deque()  # taken, but not of the last batch's kind

    def __len__(self) -> int:
        """The number of submissions that the writer has not taken yet."""
        return self._queue.qsize() + len(self._aside)

    def put(self, submission: Submission) -> None:
        """Add a submission to be written."""
        self.waiting += len(submission.facts)
        self._queue.put(submission)

    def close(self) -> None:
        """End the writer's loop, once the submissions that wait now are written."""
        self._queue.put(None)

    def next_batch(self, seconds: float | None) -> list[Submission] | None:
        """Submissions of one kind, as soon as there is one; None once the queue is closed.

        Raises queue.Empty if there is none within `seconds`.
        """
        first = self._aside.popleft() if self._aside else self._queue.get(timeout=seconds)
        return None if first is None else self._gather(first)

    def finish(self, batch: Sequence[Submission]) -> None:
        """Note that the writer has finished a batch."""
        self.waiting -= sum(len(submission.facts) for submission in batch)

    def _gather(self, first: Submission) -> list[Submission]:
        """The submissions that wait and are of the first one's kind, in order; the others come next."""
        # It waits for no further submissions: while one batch commits, the next one gathers.
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
