"""The same call sent many times at once, to two web processes: it counts once, and caps are exact."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.load import define
from tests.faults.playing import Player
from tests.support import at_once

pytestmark = pytest.mark.paired


def scores(deployment, board):
    return {row.player: row.score for row in deployment.rows(board)}


def codes(answers):
    return Counter(answer.json.get("code", "counted") for answer in answers)


def test_one_batch_sent_two_hundred_times_at_once_counts_once(shared_deployment):
    define(shared_deployment, "batch")
    body = {"entries": [{"player": f"p{one}", "score": 5} for one in range(10)]}
    key = {"Idempotency-Key": "the one"}

    answers = at_once(
        200,
        lambda number: shared_deployment.stack.call("POST", "/v1/boards/batch/scores", body, headers=key),
    )

    assert Counter(answer.status for answer in answers) == {200: 200}
    assert [row.score for row in shared_deployment.rows("batch")] == [5] * 10


def test_one_token_completed_two_hundred_times_at_once_counts_once(shared_deployment):
    define(shared_deployment, "token", points=10)
    ada = Player(shared_deployment.stack)
    action = ada.request("token")

    answers = at_once(200, lambda number: ada.complete(action))

    assert Counter(answer.status for answer in answers) == {200: 200}
    bodies = [answer.json["data"] for answer in answers]
    assert sum(not body["replayed"] for body in bodies) == 1
    assert len({str(body | {"replayed": None}) for body in bodies}) == 1
    assert scores(shared_deployment, "token") == {ada.id: 10}


def test_of_five_hundred_hoarded_tokens_one_counts(shared_deployment):
    define(shared_deployment, "hoard", points=10, exclusive=True)
    ada = Player(shared_deployment.stack)
    hoard = [
        action for some in at_once(10, lambda _: [ada.request("hoard") for _ in range(50)]) for action in some
    ]

    answers = at_once(500, lambda number: ada.complete(hoard[number]))

    assert codes(answers) == {"counted": 1, "overlapping_action": 499}
    assert scores(shared_deployment, "hoard") == {ada.id: 10}
    assert ada.complete(ada.request("hoard")).status == 200


def test_a_cap_is_exact_when_a_hundred_complete_at_once(shared_deployment):
    define(shared_deployment, "cap", points=10, hourlyCap=250, dailyCap=1000)
    ada, bob = Player(shared_deployment.stack), Player(shared_deployment.stack)
    tokens = [(player, player.request("cap")) for _ in range(50) for player in (ada, bob)]

    answers = at_once(100, lambda number: tokens[number][0].complete(tokens[number][1]))

    assert codes(answers) == {"counted": 50, "cap_reached": 50}
    assert scores(shared_deployment, "cap") == {ada.id: 250, bob.id: 250}
    refusal = next(answer for answer in answers if answer.status == 429)
    assert 0 < int(refusal.headers["Retry-After"]) <= 3600
