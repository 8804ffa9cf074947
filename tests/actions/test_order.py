"""The refusal of a completion with several errors is that of the first error in a fixed order."""

from __future__ import annotations

from itertools import count

import pytest

from tests.actions.play import Player, define, proof
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database

# In the order of the checks. Each error hides those that follow it.
ORDER = {
    "unauthenticated": 401,
    "malformed_json": 400,
    "validation_failed": 400,
    "invalid_action_token": 400,
    "token_already_used": 409,
    "action_token_expired": 400,
    "completed_too_fast": 400,
    "points_out_of_range": 400,
    "invalid_proof": 400,
    "scoring_disabled": 403,
    "overlapping_action": 409,
    "cap_reached": 429,
    "board_not_found": 404,
    "board_not_open": 403,
    "increment_too_large": 422,
    "score_out_of_range": 422,
}
# Errors that exclude others: a completed action was not too fast, a deleted board has no bounds.
EXCLUSIVE = [
    ("completed_too_fast", "board_not_found"),
    (
        "token_already_used",
        "action_token_expired",
        "board_not_open",
        "increment_too_large",
        "score_out_of_range",
    ),
]
numbers = count()


class Scene:
    """A player who is about to complete an action, with these errors."""

    def __init__(self, parts, clock, errors):
        self.parts, self.clock, self.errors = parts, clock, errors
        self.board, self.action = (f"{kind}-{next(numbers)}" for kind in ("board", "action"))
        parts.boards.admin.define(self.board, {}, context={})
        rules = {"points": {"min": 1, "max": 10}, "minSeconds": 2, "exclusive": True, "hourlyCap": 25}
        define(parts, self.action, boards=[self.board], **rules)
        define(parts, "other", exclusive=True)
        self.player = Player(parts)

    def answer(self):
        """The answer to the completion."""
        if "cap_reached" in self.errors:
            for points in (10, 10):
                issued_token = self.player.request(self.action)
                self.clock.advance(seconds=2)
                assert self.player.complete(issued_token, points).status_code == 200
        issued_token = self.player.request(self.action)
        if "completed_too_fast" not in self.errors:
            self.clock.advance(seconds=2)
        if "token_already_used" in self.errors:
            assert self.player.complete(issued_token, 3).status_code == 200
        self._change_after_request()
        return self._send(issued_token)

    def _change_after_request(self):
        errors, context = self.errors, {}
        if "overlapping_action" in errors:
            self.player.play("other")
            self.clock.advance(ms=1)
        if "action_token_expired" in errors:
            self.clock.advance(seconds=300)
        if "scoring_disabled" in errors:
            self.parts.accounts.players.allow_scoring(self.player.id, False, context=context)
        definition = {"trust": "server"} if "board_not_open" in errors else {}
        definition |= {"maxIncrement": 5} if "increment_too_large" in errors else {}
        definition |= {"maxScore": 6} if "score_out_of_range" in errors else {}
        if definition:
            self.parts.boards.admin.define(self.board, definition, context=context)
        if "board_not_found" in errors:
            self.parts.boards.admin.delete(self.board, context=context)

    def _send(self, issued_token):
        errors = self.errors
        points = 99 if "points_out_of_range" in errors else 7
        own_proof = proof(issued_token, points)
        if "invalid_proof" in errors:
            own_proof["checksum"] = "0" * 64
        body = {"actionToken": issued_token["actionToken"], "proof": own_proof}
        if "invalid_action_token" in errors:
            body["actionToken"] = "sb1.x.y"
        if "validation_failed" in errors:
            body["more"] = 1
        headers = {"Authorization": "Bearer x"} if "unauthenticated" in errors else {}
        if "malformed_json" in errors:
            return self.player.http.post(
                "/v1/actions/complete", data=b"{", content_type="application/json", headers=headers
            )
        return self.player.http.post("/v1/actions/complete", json=body, headers=headers)


def test_each_refusal_is_reached(parts, clock):
    found = {code: refusal(Scene(parts, clock, {code}).answer()) for code in ORDER}

    assert found == {code: (status, code) for code, status in ORDER.items()}
    assert parts.boards.verifier.run() == []


@pytest.mark.parametrize("left_out", EXCLUSIVE, ids=str)
def test_the_first_of_several_errors_is_answered(parts, clock, left_out):
    errors = [code for code in ORDER if code not in left_out]

    found = [refusal(Scene(parts, clock, set(errors[at:])).answer())[1] for at in range(len(errors))]

    assert found == errors


def test_a_stored_receipt_is_returned_before_every_refusal_except_those_of_the_token(parts, clock):
    later_errors = set(ORDER) - {
        "unauthenticated",
        "malformed_json",
        "validation_failed",
        "invalid_action_token",
        "token_already_used",
        "completed_too_fast",
        "points_out_of_range",  # another claim
        "cap_reached",
        "board_not_found",  # a receipt does not show a deleted board
    }
    scene = Scene(parts, clock, later_errors)
    issued_token = scene.player.request(scene.action)
    clock.advance(seconds=2)
    first = scene.player.complete(issued_token, 7).json["data"]
    scene._change_after_request()

    again = scene.player.complete(issued_token, 7)

    assert again.json["data"] == first | {"replayed": True}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"actionType": "nothing"}, 404, "unknown_action_type"),
        ({"actionType": "\0"}, 404, "unknown_action_type"),
        ({"actionType": "x" * 65}, 400, "validation_failed"),
        ({"actionType": 5}, 400, "validation_failed"),
        ({"actionType": "bound"}, 400, "validation_failed"),
        ({"actionType": "bound", "deviceId": ""}, 400, "validation_failed"),
        ({"actionType": "bound", "deviceId": "d\n"}, 400, "validation_failed"),
        ({"clientVersion": "v" * 33}, 400, "validation_failed"),
        ({"points": 5}, 400, "validation_failed"),
    ],
    ids=str,
)
def test_an_impossible_request_is_refused(ada, parts, change, status, code):
    define(parts, "bound", bindDevice=True)

    answer = ada.http.post("/v1/actions/request", json={"actionType": "jump"} | change)

    assert refusal(answer) == (status, code)


def test_a_player_who_may_not_score_gets_no_token(ada, parts):
    parts.accounts.players.allow_scoring(ada.id, False, context={})

    answer = ada.http.post("/v1/actions/request", json={"actionType": "jump"})

    assert refusal(answer) == (403, "scoring_disabled")
    parts.accounts.players.allow_scoring(ada.id, True, context={})
    assert ada.play()["newScore"] == 10
