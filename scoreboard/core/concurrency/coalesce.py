"""Request coalescing: one round trip answers all questions that are asked at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class _Batch(Generic[Q, A]):
    """The questions of one round trip, and their answers."""

    def __init__(self) -> None:
        self.questions: list[Q] = []
        self.answers: Sequence[A] = ()
        self.error: BaseException | None = None
        self.done = threading.Event()


class Coalescer(Generic[Q, A]):
    """Asks the questions of many callers in one round trip.

    A question that comes during a round trip waits for the next one, so no answer is older than its question.
    The thread that asks the first question of a batch makes the round trip, the others wait for it.
    """

    def __init__(self, trip: Callable[[Sequence[Q]], Sequence[A]]) -> None:
        """`trip` answers questions, in their order. If it raises, all callers get the exception."""
        self._trip = trip
        self._lock = threading.Lock()  # of `_next`
        self._running = threading.Lock()  # held during a round trip
        self._next: _Batch[Q, A] | None = None

    def ask(self, question: Q) -> A:
        """Answer a question, by a round trip that begins after this call."""
        with self._lock:
            batch, is_first = self._next, self._next is None
            if batch is None:
                batch = self._next = _Batch()
            index = len(batch.questions)
            batch.questions.append(question)
        if is_first:
            self._run(batch)
        else:
            batch.done.wait()
        if batch.error is not None:
            raise batch.error
        return batch.answers[index]

    def _run(self, batch: _Batch[Q, A]) -> None:
        with self._running:
            with self._lock:
                self._next = None  # later questions go into another batch
            try:
                batch.answers = self._trip(batch.questions)
            except BaseException as error:  # noqa: BLE001 - every waiting caller gets it
                batch.error = error
            finally:
                batch.done.set()
