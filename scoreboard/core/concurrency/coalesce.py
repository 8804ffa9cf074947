"""Request coalescing: one trip answers all questions that are asked at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class _Flight(Generic[Q, A]):
    """One trip: its questions and their answers."""

    def __init__(self) -> None:
        self.questions: list[Q] = []
        self.answers: Sequence[A] = ()
        self.error: BaseException | None = None
        self.done = threading.Event()


class Coalescer(Generic[Q, A]):
    """Asks the questions of many callers in one trip.

    A question that comes during a trip waits for the next one, so no answer is older than its question.
    """

    def __init__(self, trip: Callable[[Sequence[Q]], Sequence[A]]) -> None:
        """`trip` answers questions, in their order. What it raises is raised for all of them."""
        self._trip = trip
        self._guard = threading.Lock()
        self._running = threading.Lock()
        self._next: _Flight[Q, A] | None = None

    def ask(self, question: Q) -> A:
        """The answer, by a trip that began after this call."""
        with self._guard:
            flight, leads = self._next, self._next is None
            if flight is None:
                flight = self._next = _Flight()
            index = len(flight.questions)
            flight.questions.append(question)
        if leads:
            self._lead(flight)
        else:
            flight.done.wait()
        if flight.error is not None:
            raise flight.error
        return flight.answers[index]

    def _lead(self, flight: _Flight[Q, A]) -> None:
        with self._running:
            with self._guard:
                self._next = None
            try:
                flight.answers = self._trip(flight.questions)
            except BaseException as error:  # noqa: BLE001 - it is raised for every waiting caller
                flight.error = error
            finally:
                flight.done.set()
