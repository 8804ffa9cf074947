"""What guards completions while the write lock is held: caps, overlap, who may score; and time."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define, proof
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database  # on both databases, and by many at once: tests/faults/test_actions.py

HOUR, DAY = 3600, 86_400


def plays(player, action, *points):
    """Status of one completion after the other."""
    return [player.complete(player.request(action), one).status_code for one in points]


def wait_for(answer):
    assert refusal(answer) == (429, "cap_reached")
    return int(answer.headers["Retry-After"])


def test_a_cap_is_reached_exactly(ada, parts):
    define(parts, "shoot", points={"min": 0, "max": 10}, hourlyCap=25)

    assert plays(ada, "shoot", 10, 10, 6, 5, 1, 0) == [200, 200, 429, 200, 429, 200]
    assert ada.play("jump")["newScore"] == 35


def test_caps_are_of_a_player_and_of_an_action_type(ada, parts):
    for name in ("shoot", "throw"):
        define(parts, name, hourlyCap=10)
    bob = Player(parts)

    assert plays(ada, "shoot", None, None) == [200, 429]
    assert plays(ada, "throw", None, None) == [200, 429]
    assert plays(bob, "shoot", None, None) == [200, 429]


def test_the_next_hour_opens_when_the_answer_says(ada, parts, clock):
    define(parts, "shoot", hourlyCap=10)
    clock.advance(ms=1)
    renewed(ada, clock, 1800)
    ada.play("shoot")
    asked = ada.request("shoot")

    seconds = wait_for(ada.complete(asked))

    assert seconds == 1800
    asked = renewed(ada, clock, seconds - 1)
    assert wait_for(ada.complete(asked)) == 1
    clock.advance(seconds=1)
    assert ada.complete(asked).json["data"]["newScore"] == 20
    assert wait_for(ada.complete(ada.request("shoot"))) == HOUR


def test_the_next_day_opens_when_the_answer_says(ada, parts, clock):
    define(parts, "shoot", hourlyCap=10, dailyCap=20)
    ada.play("shoot")
    renewed(ada, clock, HOUR)
    ada.play("shoot")

    seconds = wait_for(ada.complete(ada.request("shoot")))

    assert seconds == DAY - HOUR
    asked = renewed(ada, clock, seconds - 1)
    assert wait_for(ada.complete(asked)) == 1
    clock.advance(seconds=1)
    assert ada.complete(asked).status_code == 200


def renewed(player, clock, seconds):
    """After so many seconds, with a fresh session: a token for another shot."""
    clock.advance(seconds=seconds)
    player.renew()
    return player.request("shoot")


def test_a_repeated_completion_uses_up_no_cap(ada, parts):
    define(parts, "shoot", hourlyCap=20)
    asked = ada.request("shoot")

    assert [ada.complete(asked).status_code for _ in range(5)] == [200] * 5
    assert plays(ada, "shoot", None, None) == [200, 429]


def test_a_completion_that_a_board_refuses_uses_up_no_cap_and_does_not_overlap(ada, parts):
    parts.boards.admin.define("small", {"maxScore": 15}, context={})
    define(parts, "shoot", boards=["small"], points={"min": 1, "max": 10}, hourlyCap=20, exclusive=True)
    ada.play("shoot", 10)
    tokens = [ada.request("shoot") for _ in range(2)]

    assert refusal(ada.complete(tokens[0], 10)) == (422, "score_out_of_range")
    assert ada.complete(tokens[1], 5).json["data"]["newScore"] == 15


def test_a_cap_that_was_settled_when_asking_stays(ada, parts):
    define(parts, "shoot", hourlyCap=10)
    tokens = [ada.request("shoot") for _ in range(2)]
    define(parts, "shoot", hourlyCap=1000)

    assert [ada.complete(asked).status_code for asked in tokens] == [200, 429]
    assert ada.complete(ada.request("shoot")).status_code == 200


def test_hoarded_tokens_of_an_exclusive_type_are_worth_one(ada, parts, clock):
    define(parts, "dash", exclusive=True, minSeconds=10)
    tokens = [ada.request("dash") for _ in range(5)]
    clock.advance(seconds=10)

    found = [ada.complete(asked).status_code for asked in tokens]

    assert found == [200, 409, 409, 409, 409]
    assert ada.complete(tokens[0]).json["data"]["replayed"] is True


def test_exclusive_actions_follow_one_another_without_a_pause(ada, parts, clock):
    define(parts, "dash", exclusive=True, minSeconds=1)

    for _ in range(3):
        asked = ada.request("dash")
        clock.advance(seconds=1)
        assert ada.complete(asked).status_code == 200


def test_exclusive_types_exclude_one_another_and_nothing_else(ada, parts, clock):
    define(parts, "dash", exclusive=True)
    define(parts, "swim", exclusive=True)
    bob = Player(parts)
    dash, swim, jump, bobs = (
        ada.request("dash"),
        ada.request("swim"),
        ada.request("jump"),
        bob.request("swim"),
    )
    clock.advance(seconds=1)

    assert ada.complete(dash).status_code == 200
    assert refusal(ada.complete(swim)) == (409, "overlapping_action")
    assert ada.complete(jump).status_code == 200
    assert bob.complete(bobs).status_code == 200


def test_too_fast_is_refused_recorded_once_and_can_be_made_good(ada, parts, clock):
    define(parts, "walk", minSeconds=2.5)
    asked = ada.request("walk")
    clock.advance(ms=2499)
    for _ in range(3):
        assert refusal(ada.complete(asked)) == (400, "completed_too_fast")
    clock.advance(ms=1)

    assert ada.complete(asked).status_code == 200

    (line,) = [
        one for one in parts.journal.after(parts.journal.start, 1000) if one.fact.kind == "action-refused"
    ]
    assert (line.fact.player, line.fact.action) == (ada.id, "walk")
    assert line.fact.data == {"code": "completed_too_fast", "tookMs": 2499, "minMs": 2500}


def test_a_token_ends_to_the_millisecond(ada, parts, clock):
    define(parts, "walk", maxSeconds=60)
    first, second = ada.request("walk"), ada.request("walk")
    clock.advance(ms=59_999)
    assert ada.complete(first).status_code == 200

    clock.advance(ms=1)

    assert refusal(ada.complete(second)) == (400, "action_token_expired")


def test_a_clock_that_is_set_back_makes_a_token_too_young_and_no_more(ada, clock):
    asked = ada.request()
    clock.advance(seconds=-5)

    assert refusal(ada.complete(asked)) == (400, "completed_too_fast")
    clock.advance(seconds=5)
    assert ada.complete(asked).status_code == 200


def test_a_bound_action_is_completed_by_the_device_that_asked(ada, parts):
    define(parts, "bound", bindDevice=True)
    asked = ada.request("bound", deviceId="mine")

    assert refusal(ada.complete(asked, deviceId="another")) == (400, "invalid_action_token")
    assert refusal(ada.complete(asked)) == (400, "invalid_action_token")
    assert ada.complete(asked, deviceId="mine").status_code == 200


def test_the_work_is_for_this_claim_and_this_token(ada, parts):
    define(parts, "shoot", points={"min": 1, "max": 10}, difficulty=8)
    asked, another = ada.request("shoot"), ada.request("shoot")
    good = proof(asked, 3)
    wrong = [
        None,
        {},
        good | {"solution": None},
        good | {"solution": "no" * 40},
        good | {"solution": "ü"},
        good | {"checksum": good["checksum"].upper()},
        good | {"checksum": proof(asked, 4)["checksum"]},
        good | {"points": 4},
        good | {"points": "3"},
        good | {"points": 3.5},
        good | {"points": None},
        good | {"result": "r"},
        good | {"result": "r\n"},
        good | {"more": 1},
        proof(another, 3) | {"solution": good["solution"] + " "},
        [good],
        "proof",
    ]

    found = {
        repr(one): refusal(ada.send({"actionToken": asked["actionToken"], "proof": one})) for one in wrong
    }

    assert set(found.values()) == {(400, "invalid_proof")}, found
    assert ada.send({"actionToken": asked["actionToken"], "proof": good}).json["data"]["increment"] == 3


def test_a_player_without_scoring_keeps_their_points_and_gets_no_more(ada, parts):
    asked, counted = ada.request(), ada.request()
    ada.complete(counted)
    parts.accounts.players.allow_scoring(ada.id, False, context={})

    assert refusal(ada.complete(asked)) == (403, "scoring_disabled")
    assert ada.complete(counted).json["data"]["replayed"] is True
    parts.accounts.players.allow_scoring(ada.id, True, context={})
    assert ada.complete(asked).json["data"]["newScore"] == 20


def test_a_board_that_was_created_again_gets_no_old_points(ada, parts):
    parts.boards.admin.define("cup", {}, context={})
    define(parts, "jump", boards=["cup"])
    asked = ada.request()
    parts.boards.admin.delete("cup", context={})
    parts.boards.admin.define("cup", {}, context={})

    assert refusal(ada.complete(asked)) == (404, "board_not_found")
    assert ada.play()["newScore"] == 10
