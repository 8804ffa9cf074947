"""The worker is away for long: nobody who plays or looks notices, and it catches up when it is back."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import LONG
from tests.faults.house import House
from tests.support import wait_until

pytestmark = pytest.mark.alone

ENTRIES = 1000  # of a request
PLAYERS = 500
DRAINED_SECONDS = 300


@pytest.mark.timeout(900)
def test_a_worker_that_was_away_is_missed_by_nobody(build_house):
    house, half = build_house(), 50 if LONG else 2
    wait_until(lambda: drained(house), seconds=60, why=house.stack.log)
    with house.paused(*house.workers):
        for number in range(half):
            report_scores(house, number)
        # It takes no part in showing scores: only what it alone does is left undone.
        check_boards(house, half)
        assert lag(house, "boards") == 0
        assert lag(house, "audit") >= half * ENTRIES

        with house.redis.client() as redis:
            redis.flushall()
        for number in range(half, 2 * half):
            report_scores(house, number)
        check_boards(house, 2 * half)
        assert lag(house, "boards") is None, "it has to be built again"
        assert lag(house, "audit") >= 2 * half * ENTRIES
    back = time.monotonic()

    wait_until(lambda: drained(house), seconds=DRAINED_SECONDS, why=house.stack.log)
    print(f"{2 * half * ENTRIES} facts, drained in {time.monotonic() - back:.1f} s")
    check_boards(house, 2 * half)
    wait_until(house.is_current, seconds=30)


def check_boards(house: House, requests: int) -> None:
    rows = house.rows()
    assert [row.score for row in rows] == [requests * ENTRIES // PLAYERS] * PLAYERS
    assert [row.rank for row in rows] == list(range(1, PLAYERS + 1))


def lag(house: House, follower: str) -> int | None:
    """How many facts a follower is behind, as an administrator sees it."""
    return house.stack.call("GET", "/readyz").json["checks"][f"follower:{follower}"]["behind"]


def report_scores(house: House, number: int) -> None:
    """A point for everybody, twice."""
    entries = [{"player": f"p{one % PLAYERS}", "score": 1} for one in range(ENTRIES)]
    answer = house.stack.call(
        "POST", "/v1/boards/main/scores", {"entries": entries}, headers={"Idempotency-Key": f"batch {number}"}
    )
    assert answer.status == 200, answer.body
    assert answer.json["data"]["accepted"] == ENTRIES


def drained(house: House) -> bool:
    return lag(house, "boards") == lag(house, "audit") == 0
