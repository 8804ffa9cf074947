"""The product's clock is set wrong under it, and right again."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.faults.conftest import LONG
from tests.faults.deployment import Deployment, faked_clock, set_clock
from tests.faults.playing import Player
from tests.support import wait_until

pytestmark = pytest.mark.paired

RECOVERED_SECONDS = 60
REFUSALS = {"token_expired", "action_token_expired", "completed_too_fast"}


@pytest.fixture
def deployment(deploy, on_disk):
    """The product with a clock that can be set."""
    if not LONG:
        pytest.skip("it waits for what the product does once in a while: FAULTS=long runs it")
    try:
        environment = faked_clock(on_disk)
    except LookupError as missing:
        pytest.skip(str(missing))
    return deploy(**environment)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("wrong", ["+2h", "-1d"])
def test_a_wrong_clock_lets_nothing_in_and_is_soon_forgotten(deployment, wrong):
    define(deployment, "quick", maxSeconds=900)
    define(deployment, "slow", minSeconds=300, maxSeconds=900)
    early = Player(deployment.stack)
    quick, slow, processes = early.ask("quick"), early.ask("slow"), set(deployment.web)

    set_clock(deployment.folder, wrong)

    report(deployment, "while it was wrong")
    assert early.complete(slow).json["code"] in REFUSALS
    began = time.monotonic()
    stranger = plays(deployment)
    print(f"{wrong}: somebody new plays after {time.monotonic() - began:.1f} s")
    report(deployment, "still wrong")
    from_then = stranger.ask("quick")

    set_clock(deployment.folder, "+0")

    began = time.monotonic()
    report(deployment, "right again")
    plays(deployment)
    print(f"right again: somebody new plays after {time.monotonic() - began:.1f} s")
    assert stranger.complete(from_then).json["code"] in REFUSALS
    assert early.complete(slow).json["code"] == "completed_too_fast"
    assert early.complete(quick).status == 200, "the keys of before are as good as ever"
    assert set(deployment.web) == processes, "nothing crashed"
    deployment.becomes_current(60)


def define(deployment: Deployment, action: str, **rules: float) -> None:
    body = {"boards": ["main"], "points": 10, "difficulty": 0} | rules
    assert deployment.stack.call("PUT", f"/v1/admin/action-types/{action}", body).status in (200, 201)


def report(deployment: Deployment, key: str) -> None:
    """A trusted server's score counts, whatever the time."""
    entry = {"player": "server", "score": 1, "idempotencyKey": key}
    answer = deployment.stack.call("POST", "/v1/boards/main/scores", {"entries": [entry]})
    assert answer.status == 200, answer.body
    assert answer.json["data"]["accepted"] == 1


def plays(deployment: Deployment) -> Player:
    """A new player, once playing works: while the clock is wrong the keys may be of another time."""
    found: list[Player] = []

    def played() -> bool:
        with contextlib.suppress(AssertionError, KeyError, OSError):
            player = Player(deployment.stack)
            asked = player.ask("quick")
            if asked is not None and player.complete(asked).status == 200:
                found.append(player)
        return bool(found)

    wait_until(played, seconds=RECOVERED_SECONDS, why=deployment.stack.log)
    return found[0]
