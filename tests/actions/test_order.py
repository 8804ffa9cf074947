"""Which refusal a completion gets of which several things are wrong: the first one that is looked for."""

from __future__ import annotations

from itertools import count

import pytest

from tests.actions.play import Player, define, proof
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database

# In the order in which they are found. Each hides those that follow it.
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
# These can't be wrong together with others: what was counted was not too fast, what is gone has no bounds.
APART = [
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
    """A player about to complete an action, with whatever is wrong with it."""

    def __init__(self, parts, clock, wrong):
        self.parts, self.clock, self.wrong = parts, clock, wrong
        self.board, self.action = (f"{kind}-{next(numbers)}" for kind in ("board", "action"))
        parts.boards.admin.define(self.board, {}, context={})
        rules = {"points": {"min": 1, "max": 10}, "minSeconds": 2, "exclusive": True, "hourlyCap": 25}
        define(parts, self.action, boards=[self.board], **rules)
        define(parts, "other", exclusive=True)
        self.player = Player(parts)

    def answer(self):
        """What the completion is answered."""
        if "cap_reached" in self.wrong:
            for points in (10, 10):
                asked = self.player.request(self.action)
                self.clock.advance(seconds=2)
                assert self.player.complete(asked, points).status_code == 200
        asked = self.player.request(self.action)
        if "completed_too_fast" not in self.wrong:
            self.clock.advance(seconds=2)
        if "token_already_used" in self.wrong:
            assert self.player.complete(asked, 3).status_code == 200
        self._world_changes()
        return self._send(asked)

    def _world_changes(self):
        wrong, context = self.wrong, {}
        if "overlapping_action" in wrong:
            self.player.play("other")
            self.clock.advance(ms=1)
        if "action_token_expired" in wrong:
            self.clock.advance(seconds=300)
        if "scoring_disabled" in wrong:
            self.parts.accounts.players.allow_scoring(self.player.id, False, context=context)
        definition = {"trust": "server"} if "board_not_open" in wrong else {}
        definition |= {"maxIncrement": 5} if "increment_too_large" in wrong else {}
        definition |= {"maxScore": 6} if "score_out_of_range" in wrong else {}
        if definition:
            self.parts.boards.admin.define(self.board, definition, context=context)
        if "board_not_found" in wrong:
            self.parts.boards.admin.delete(self.board, context=context)

    def _send(self, asked):
        wrong = self.wrong
        points = 99 if "points_out_of_range" in wrong else 7
        shown = proof(asked, points)
        if "invalid_proof" in wrong:
            shown["checksum"] = "0" * 64
        body = {"actionToken": asked["actionToken"], "proof": shown}
        if "invalid_action_token" in wrong:
            body["actionToken"] = "sb1.x.y"
        if "validation_failed" in wrong:
            body["more"] = 1
        headers = {"Authorization": "Bearer x"} if "unauthenticated" in wrong else {}
        if "malformed_json" in wrong:
            return self.player.http.post(
                "/v1/actions/complete", data=b"{", content_type="application/json", headers=headers
            )
        return self.player.http.post("/v1/actions/complete", json=body, headers=headers)


def test_each_refusal_is_reached(parts, clock):
    found = {code: refusal(Scene(parts, clock, {code}).answer()) for code in ORDER}

    assert found == {code: (status, code) for code, status in ORDER.items()}
    assert parts.boards.verifier.run() == []


@pytest.mark.parametrize("left_out", APART, ids=str)
def test_the_first_of_several_errors_is_answered(parts, clock, left_out):
    wrong = [code for code in ORDER if code not in left_out]

    found = [refusal(Scene(parts, clock, set(wrong[at:])).answer())[1] for at in range(len(wrong))]

    assert found == wrong


def test_a_stored_answer_goes_before_every_refusal_but_those_of_the_token(parts, clock):
    hidden = set(ORDER) - {
        "unauthenticated",
        "malformed_json",
        "validation_failed",
        "invalid_action_token",
        "token_already_used",
        "completed_too_fast",
        "points_out_of_range",  # another claim
        "cap_reached",
        "board_not_found",  # a receipt tells nothing of a board that is gone
    }
    scene = Scene(parts, clock, hidden)
    asked = scene.player.request(scene.action)
    clock.advance(seconds=2)
    first = scene.player.complete(asked, 7).json["data"]
    scene._world_changes()

    again = scene.player.complete(asked, 7)

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


def test_a_player_who_may_not_score_is_refused_a_token(ada, parts):
    parts.accounts.players.allow_scoring(ada.id, False, context={})

    answer = ada.http.post("/v1/actions/request", json={"actionType": "jump"})

    assert refusal(answer) == (403, "scoring_disabled")
    parts.accounts.players.allow_scoring(ada.id, True, context={})
    assert ada.play()["newScore"] == 10
