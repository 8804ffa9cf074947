"""The product's clock is set wrong under it, and right again."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.faults.conftest import LONG
from tests.faults.house import House, faked_clock, set_clock
from tests.faults.playing import Player
from tests.support import wait_until

pytestmark = pytest.mark.alone

RECOVERED_SECONDS = 60
REFUSALS = {"token_expired", "action_token_expired", "completed_too_fast"}


@pytest.fixture
def house(build_house, tmp_path):
    """The product with a clock that can be set."""
    if not LONG:
        pytest.skip("it waits for what the product does once in a while: FAULTS=long runs it")
    try:
        environment = faked_clock(tmp_path)
    except LookupError as missing:
        pytest.skip(str(missing))
    return build_house(**environment)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("wrong", ["+2h", "-1d"])
def test_a_wrong_clock_lets_nothing_in_and_is_soon_forgotten(house, wrong):
    define(house, "quick", maxSeconds=900)
    define(house, "slow", minSeconds=300, maxSeconds=900)
    early = Player(house.stack)
    quick, slow, processes = early.ask("quick"), early.ask("slow"), set(house.web)

    set_clock(house.folder, wrong)

    report(house, "while it was wrong")
    assert early.complete(slow).json["code"] in REFUSALS
    began = time.monotonic()
    stranger = plays(house)
    print(f"{wrong}: somebody new plays after {time.monotonic() - began:.1f} s")
    report(house, "still wrong")
    from_then = stranger.ask("quick")

    set_clock(house.folder, "+0")

    began = time.monotonic()
    report(house, "right again")
    plays(house)
    print(f"right again: somebody new plays after {time.monotonic() - began:.1f} s")
    assert stranger.complete(from_then).json["code"] in REFUSALS
    assert early.complete(slow).json["code"] == "completed_too_fast"
    assert early.complete(quick).status == 200, "the keys of before are as good as ever"
    assert set(house.web) == processes, "nothing crashed"
    wait_until(house.is_current, seconds=60)


def define(house: House, action: str, **rules: float) -> None:
    body = {"boards": ["main"], "points": 10, "difficulty": 0} | rules
    assert house.stack.call("PUT", f"/v1/admin/action-types/{action}", body).status in (200, 201)


def report(house: House, key: str) -> None:
    """A trusted server's score counts, whatever the time."""
    entry = {"player": "server", "score": 1, "idempotencyKey": key}
    answer = house.stack.call("POST", "/v1/boards/main/scores", {"entries": [entry]})
    assert answer.status == 200, answer.body
    assert answer.json["data"]["accepted"] == 1


def plays(house: House) -> Player:
    """Somebody new, once he can play: while the clock is wrong the keys may be of another time."""
    found: list[Player] = []

    def played() -> bool:
        with contextlib.suppress(AssertionError, KeyError, OSError):
            player = Player(house.stack)
            asked = player.ask("quick")
            if asked is not None and player.complete(asked).status == 200:
                found.append(player)
        return bool(found)

    wait_until(played, seconds=RECOVERED_SECONDS, why=house.stack.log)
    return found[0]
