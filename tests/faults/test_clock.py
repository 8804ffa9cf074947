"""The clock of the running product is set wrong, and corrected."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.faults.conftest import LONG
from tests.faults.deployment import Deployment, fake_clock_environment, set_clock
from tests.faults.playing import Player
from tests.support import wait_until

pytestmark = pytest.mark.paired

RECOVERED_SECONDS = 60
REFUSALS = {"token_expired", "action_token_expired", "completed_too_fast"}


@pytest.fixture
def deployment(deploy, on_disk):
    """The product with a clock that can be set."""
    if not LONG:
        pytest.skip("it waits for periodic work of the product: FAULTS=long runs it")
    try:
        environment = fake_clock_environment(on_disk)
    except LookupError as missing:
        pytest.skip(str(missing))
    return deploy(**environment)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("wrong", ["+2h", "-1d"])
def test_a_wrong_clock_admits_no_invalid_action_and_leaves_no_trace(deployment, wrong):
    define(deployment, "quick", maxSeconds=900)
    define(deployment, "slow", minSeconds=300, maxSeconds=900)
    early = Player(deployment.stack)
    quick, slow, processes = early.ask("quick"), early.ask("slow"), set(deployment.web)

    set_clock(deployment.folder, wrong)

    report(deployment, "while it was wrong")
    assert early.complete(slow).json["code"] in REFUSALS
    began = time.monotonic()
    newcomer = new_player(deployment)
    print(f"{wrong}: a new player plays after {time.monotonic() - began:.1f} s")
    report(deployment, "still wrong")
    action_of_wrong_time = newcomer.ask("quick")

    set_clock(deployment.folder, "+0")

    began = time.monotonic()
    report(deployment, "right again")
    new_player(deployment)
    print(f"right again: a new player plays after {time.monotonic() - began:.1f} s")
    assert newcomer.complete(action_of_wrong_time).json["code"] in REFUSALS
    assert early.complete(slow).json["code"] == "completed_too_fast"
    assert early.complete(quick).status == 200, "earlier keys stay valid"
    assert set(deployment.web) == processes, "nothing crashed"
    deployment.wait_until_current(60)


def define(deployment: Deployment, action: str, **rules: float) -> None:
    body = {"boards": ["main"], "points": 10, "difficulty": 0} | rules
    assert deployment.stack.call("PUT", f"/v1/admin/action-types/{action}", body).status in (200, 201)


def report(deployment: Deployment, key: str) -> None:
    """A trusted server's score counts, at any time of the clock."""
    entry = {"player": "server", "score": 1, "idempotencyKey": key}
    answer = deployment.stack.call("POST", "/v1/boards/main/scores", {"entries": [entry]})
    assert answer.status == 200, answer.body
    assert answer.json["data"]["accepted"] == 1


def new_player(deployment: Deployment) -> Player:
    """A new player, as soon as playing works: while the clock is wrong, the keys may be of another time."""
    players: list[Player] = []

    def try_to_play() -> bool:
        with contextlib.suppress(AssertionError, KeyError, OSError):
            player = Player(deployment.stack)
            action = player.ask("quick")
            if action is not None and player.complete(action).status == 200:
                players.append(player)
        return bool(players)

    wait_until(try_to_play, seconds=RECOVERED_SECONDS, why=deployment.stack.log)
    return players[0]
