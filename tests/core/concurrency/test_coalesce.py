"""One round trip for concurrent questions, and no answer that is older than its question."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from scoreboard.core.concurrency.coalesce import Coalescer
from tests.support import wait_until


class Trips:
    """Round trips that wait until they are released, and record their questions."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Semaphore(0)
        self.error: Exception | None = None

    def __call__(self, questions):
        self.batches.append(list(questions))
        assert self.go.acquire(timeout=10)
        if self.error is not None:
            raise self.error
        return [10 * question for question in questions]


@pytest.fixture
def trips():
    return Trips()


@pytest.fixture
def coalescer(trips):
    return Coalescer(trips)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def ask_all(coalescer: Coalescer, pool: ThreadPoolExecutor, questions: range) -> list:
    """Ask one after the other, without waiting for answers."""
    answers = []
    for question in questions:
        answers.append(pool.submit(coalescer.ask, question))
        wait_until(lambda: coalescer._next is not None and len(coalescer._next.questions) == len(answers))
    return answers


def test_questions_during_a_trip_share_the_next_one_and_get_their_own_answers(coalescer, trips, pool):
    first = pool.submit(coalescer.ask, 1)
    wait_until(lambda: trips.batches == [[1]])
    others = ask_all(coalescer, pool, range(2, 6))
    trips.go.release(2)

    assert [one.result(10) for one in (first, *others)] == [10, 20, 30, 40, 50]
    assert trips.batches == [[1], [2, 3, 4, 5]]


def test_a_trip_that_fails_fails_for_its_own_questions_only(coalescer, trips, pool):
    first = pool.submit(coalescer.ask, 1)
    wait_until(lambda: trips.batches == [[1]])
    others = ask_all(coalescer, pool, range(2, 4))
    trips.error = OSError("lost")
    trips.go.release(2)

    for one in (first, *others):
        with pytest.raises(OSError, match="lost"):
            one.result(10)

    trips.error = None
    trips.go.release()
    assert coalescer.ask(7) == 70
