"""One trip for all who ask at the same time, and never an answer that is older than the question."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from scoreboard.core.concurrency.coalesce import Coalescer
from tests.support import wait_until


class Trips:
    """Trips that wait to be let go, and remember what they took along."""

    def __init__(self) -> None:
        self.taken: list[list[int]] = []
        self.go = threading.Semaphore(0)
        self.error: Exception | None = None

    def __call__(self, questions):
        self.taken.append(list(questions))
        assert self.go.acquire(timeout=10)
        if self.error is not None:
            raise self.error
        return [10 * question for question in questions]


@pytest.fixture
def trips():
    return Trips()


@pytest.fixture
def together(trips):
    return Coalescer(trips)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def gathered(together: Coalescer, pool: ThreadPoolExecutor, questions: range) -> list:
    """Ask one after the other, without waiting for answers."""
    asked = []
    for question in questions:
        asked.append(pool.submit(together.ask, question))
        wait_until(lambda: together._next is not None and len(together._next.questions) == len(asked))
    return asked


def test_questions_during_a_trip_share_the_next_one_and_get_their_own_answers(together, trips, pool):
    first = pool.submit(together.ask, 1)
    wait_until(lambda: trips.taken == [[1]])
    others = gathered(together, pool, range(2, 6))
    trips.go.release(2)

    assert [one.result(10) for one in (first, *others)] == [10, 20, 30, 40, 50]
    assert trips.taken == [[1], [2, 3, 4, 5]]


def test_a_trip_that_fails_fails_for_its_own_questions_only(together, trips, pool):
    first = pool.submit(together.ask, 1)
    wait_until(lambda: trips.taken == [[1]])
    others = gathered(together, pool, range(2, 4))
    trips.error = OSError("lost")
    trips.go.release(2)

    for one in (first, *others):
        with pytest.raises(OSError, match="lost"):
            one.result(10)

    trips.error = None
    trips.go.release()
    assert together.ask(7) == 70
