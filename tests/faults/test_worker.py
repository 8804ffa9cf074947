"""The worker is away for long: players and viewers notice nothing, and it catches up when it is back."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import LONG
from tests.faults.deployment import Deployment
from tests.faults.load import define
from tests.support import wait_until

pytestmark = pytest.mark.paired

BOARD = "away"
ENTRIES = 1000  # of a request
PLAYERS = 500
DRAINED_SECONDS = 300


@pytest.mark.timeout(900)
@pytest.mark.parametrize("shared_deployment", ["sqlite"], indirect=True)
def test_players_and_viewers_do_not_notice_that_the_worker_is_away(shared_deployment):
    deployment, half = shared_deployment, 50 if LONG else 2
    define(deployment, BOARD)
    wait_until(lambda: is_drained(deployment), seconds=60, why=deployment.stack.log)
    with deployment.pause(*deployment.workers):
        for number in range(half):
            report_scores(deployment, number)
        # Showing scores does not need it: only its own work is left undone.
        check_boards(deployment, half)
        assert lag(deployment, "boards") == 0
        assert lag(deployment, "audit") >= half * ENTRIES

        with deployment.redis.client() as redis:
            redis.flushall()
        for number in range(half, 2 * half):
            report_scores(deployment, number)
        check_boards(deployment, 2 * half)
        assert lag(deployment, "boards") is None, "it has to be built again"
        assert lag(deployment, "audit") >= 2 * half * ENTRIES
    back = time.monotonic()

    wait_until(lambda: is_drained(deployment), seconds=DRAINED_SECONDS, why=deployment.stack.log)
    print(f"{2 * half * ENTRIES} facts, drained in {time.monotonic() - back:.1f} s")
    check_boards(deployment, 2 * half)
    deployment.wait_until_current()


def check_boards(deployment: Deployment, requests: int) -> None:
    rows = deployment.rows(BOARD)
    assert [row.score for row in rows] == [requests * ENTRIES // PLAYERS] * PLAYERS
    assert [row.rank for row in rows] == list(range(1, PLAYERS + 1))


def lag(deployment: Deployment, follower: str) -> int | None:
    """The number of facts that a follower is behind, as an administrator sees it."""
    return deployment.stack.call("GET", "/readyz").json["checks"][f"follower:{follower}"]["behind"]


def report_scores(deployment: Deployment, number: int) -> None:
    """Submit two points for each player."""
    entries = [{"player": f"p{one % PLAYERS}", "score": 1} for one in range(ENTRIES)]
    key = {"Idempotency-Key": f"batch {number}"}
    answer = deployment.stack.call("POST", f"/v1/boards/{BOARD}/scores", {"entries": entries}, headers=key)
    assert answer.status == 200, answer.body
    assert answer.json["data"]["accepted"] == ENTRIES


def is_drained(deployment: Deployment) -> bool:
    return lag(deployment, "boards") == lag(deployment, "audit") == 0
