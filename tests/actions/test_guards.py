"""The guards of completions under the write lock (caps, overlap, permission to score), and their times."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define, proof
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database  # on both databases, and by many at once: tests/faults/test_actions.py

HOUR, DAY = 3600, 86_400


def plays(player, action, *points):
    """Complete one action for each of these points. Returns the statuses."""
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
    token_after(ada, clock, 1800)
    ada.play("shoot")
    issued_token = ada.request("shoot")

    seconds = wait_for(ada.complete(issued_token))

    assert seconds == 1800
    issued_token = token_after(ada, clock, seconds - 1)
    assert wait_for(ada.complete(issued_token)) == 1
    clock.advance(seconds=1)
    assert ada.complete(issued_token).json["data"]["newScore"] == 20
    assert wait_for(ada.complete(ada.request("shoot"))) == HOUR


def test_the_next_day_opens_when_the_answer_says(ada, parts, clock):
    define(parts, "shoot", hourlyCap=10, dailyCap=20)
    ada.play("shoot")
    token_after(ada, clock, HOUR)
    ada.play("shoot")

    seconds = wait_for(ada.complete(ada.request("shoot")))

    assert seconds == DAY - HOUR
    issued_token = token_after(ada, clock, seconds - 1)
    assert wait_for(ada.complete(issued_token)) == 1
    clock.advance(seconds=1)
    assert ada.complete(issued_token).status_code == 200


def token_after(player, clock, seconds):
    """Wait `seconds`, and renew the session. Returns a token for another shot."""
    clock.advance(seconds=seconds)
    player.renew()
    return player.request("shoot")


def test_a_repeated_completion_uses_up_no_cap(ada, parts):
    define(parts, "shoot", hourlyCap=20)
    issued_token = ada.request("shoot")

    assert [ada.complete(issued_token).status_code for _ in range(5)] == [200] * 5
    assert plays(ada, "shoot", None, None) == [200, 429]


def test_a_completion_that_a_board_refuses_uses_up_no_cap_and_does_not_overlap(ada, parts):
    parts.boards.admin.define("small", {"maxScore": 15}, context={})
    define(parts, "shoot", boards=["small"], points={"min": 1, "max": 10}, hourlyCap=20, exclusive=True)
    ada.play("shoot", 10)
    tokens = [ada.request("shoot") for _ in range(2)]

    assert refusal(ada.complete(tokens[0], 10)) == (422, "score_out_of_range")
    assert ada.complete(tokens[1], 5).json["data"]["newScore"] == 15


def test_the_cap_of_an_issued_token_stays(ada, parts):
    define(parts, "shoot", hourlyCap=10)
    tokens = [ada.request("shoot") for _ in range(2)]
    define(parts, "shoot", hourlyCap=1000)

    assert [ada.complete(issued_token).status_code for issued_token in tokens] == [200, 429]
    assert ada.complete(ada.request("shoot")).status_code == 200


def test_one_of_several_exclusive_tokens_requested_together_counts(ada, parts, clock):
    define(parts, "dash", exclusive=True, minSeconds=10)
    tokens = [ada.request("dash") for _ in range(5)]
    clock.advance(seconds=10)

    found = [ada.complete(issued_token).status_code for issued_token in tokens]

    assert found == [200, 409, 409, 409, 409]
    assert ada.complete(tokens[0]).json["data"]["replayed"] is True


def test_exclusive_actions_follow_one_another_without_a_pause(ada, parts, clock):
    define(parts, "dash", exclusive=True, minSeconds=1)

    for _ in range(3):
        issued_token = ada.request("dash")
        clock.advance(seconds=1)
        assert ada.complete(issued_token).status_code == 200


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


def test_a_completion_too_fast_is_refused_recorded_once_and_accepted_later(ada, parts, clock):
    define(parts, "walk", minSeconds=2.5)
    issued_token = ada.request("walk")
    clock.advance(ms=2499)
    for _ in range(3):
        assert refusal(ada.complete(issued_token)) == (400, "completed_too_fast")
    clock.advance(ms=1)

    assert ada.complete(issued_token).status_code == 200

    (line,) = [
        one for one in parts.journal.after(parts.journal.start, 1000) if one.fact.kind == "action-refused"
    ]
    assert (line.fact.player, line.fact.action) == (ada.id, "walk")
    assert line.fact.data == {"code": "completed_too_fast", "tookMs": 2499, "minMs": 2500}


def test_a_token_expires_to_the_millisecond(ada, parts, clock):
    define(parts, "walk", maxSeconds=60)
    first, second = ada.request("walk"), ada.request("walk")
    clock.advance(ms=59_999)
    assert ada.complete(first).status_code == 200

    clock.advance(ms=1)

    assert refusal(ada.complete(second)) == (400, "action_token_expired")


def test_a_clock_that_is_set_back_makes_a_token_too_young_and_no_more(ada, clock):
    issued_token = ada.request()
    clock.advance(seconds=-5)

    assert refusal(ada.complete(issued_token)) == (400, "completed_too_fast")
    clock.advance(seconds=5)
    assert ada.complete(issued_token).status_code == 200


def test_a_bound_action_is_completed_by_the_device_that_requested_it(ada, parts):
    define(parts, "bound", bindDevice=True)
    issued_token = ada.request("bound", deviceId="mine")

    assert refusal(ada.complete(issued_token, deviceId="another")) == (400, "invalid_action_token")
    assert refusal(ada.complete(issued_token)) == (400, "invalid_action_token")
    assert ada.complete(issued_token, deviceId="mine").status_code == 200


def test_the_work_is_for_this_claim_and_this_token(ada, parts):
    define(parts, "shoot", points={"min": 1, "max": 10}, difficulty=8)
    issued_token, another = ada.request("shoot"), ada.request("shoot")
    good = proof(issued_token, 3)
    wrong = [
        None,
        {},
        good | {"solution": None},
        good | {"solution": "no" * 40},
        good | {"solution": "ü"},
        good | {"checksum": good["checksum"].upper()},
        good | {"checksum": proof(issued_token, 4)["checksum"]},
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
        repr(one): refusal(ada.send({"actionToken": issued_token["actionToken"], "proof": one}))
        for one in wrong
    }

    assert set(found.values()) == {(400, "invalid_proof")}, found
    assert (
        ada.send({"actionToken": issued_token["actionToken"], "proof": good}).json["data"]["increment"] == 3
    )


def test_a_player_without_scoring_keeps_their_points_and_gets_no_more(ada, parts):
    issued_token, first_token = ada.request(), ada.request()
    ada.complete(first_token)
    parts.accounts.players.allow_scoring(ada.id, False, context={})

    assert refusal(ada.complete(issued_token)) == (403, "scoring_disabled")
    assert ada.complete(first_token).json["data"]["replayed"] is True
    parts.accounts.players.allow_scoring(ada.id, True, context={})
    assert ada.complete(issued_token).json["data"]["newScore"] == 20


def test_a_board_that_was_created_again_gets_no_old_points(ada, parts):
    parts.boards.admin.define("cup", {}, context={})
    define(parts, "jump", boards=["cup"])
    issued_token = ada.request()
    parts.boards.admin.delete("cup", context={})
    parts.boards.admin.define("cup", {}, context={})

    assert refusal(ada.complete(issued_token)) == (404, "board_not_found")
    assert ada.play()["newScore"] == 10
