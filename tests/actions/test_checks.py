"""Checks of completions: each may refuse a completion or annotate its fact."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scoreboard.accounts.types import Player as SignedIn
from scoreboard.actions.types import Completion
from scoreboard.app import create_app
from scoreboard.core.errors import Forbidden
from tests.actions.play import define, proof

pytestmark = pytest.mark.one_database


class Watch:
    """A check of another feature: annotates completions, and refuses those with a result."""

    problems = ("forbidden",)

    def __init__(self):
        self.attempts = []

    def check(self, attempt):
        self.attempts.append((attempt.token.player, attempt.points, attempt.context["address"]))
        if attempt.proof.result:
            raise Forbidden("Results are not accepted.", code="forbidden")
        return {"suspicion": 0.5} if attempt.points > 5 else None


def codes_of_complete(document):
    """The error codes that the description of the API names for completions."""
    answers = document["paths"]["/v1/actions/complete"]["post"]["responses"]
    return set(re.findall(r"`(\w+)`: ", " ".join(one["description"] for one in answers.values())))


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def complete(ada, parts, watch):
    """Completes an action at a service with one more check."""
    define(parts, "shoot", points={"min": 0, "max": 10})
    service = replace(parts.actions.service, checks=(*parts.actions.service.checks, watch))

    def complete(points, result="", **changes):
        issued_token = ada.request("shoot")
        claim = proof(issued_token, points, result) | changes
        completion = Completion(action_token=issued_token["actionToken"], proof=claim)
        player = SignedIn(id=ada.id, session="", role="player", issued_at=0, expires_at=0)
        return service.complete(player, completion, context={"address": "network"})

    return complete


def test_a_check_sees_token_proof_and_context(ada, complete, watch):
    complete(7)

    assert watch.attempts == [(ada.id, 7, "network")]


def test_an_annotation_is_recorded_with_the_fact(complete, parts):
    receipts = [complete(points) for points in (7, 3)]

    facts = [parts.journal.find(f"action:{receipt.action_id}").fact for receipt in receipts]
    assert facts[0].data["suspicion"] == 0.5
    assert "suspicion" not in facts[1].data


def test_a_check_refuses_a_completion_before_it_is_recorded(complete, parts):
    head = parts.journal.head()

    with pytest.raises(Forbidden, match="Results are not accepted"):
        complete(7, "a result")

    assert parts.journal.head() == head


def test_the_description_of_the_api_names_the_refusals_of_a_check(parts, watch):
    service = replace(parts.actions.service, checks=(watch,))
    plain, with_check = (
        create_app(one).test_client().get("/openapi.json").json
        for one in (parts, replace(parts, actions=replace(parts.actions, service=service)))
    )

    assert "forbidden" not in codes_of_complete(plain)
    assert "forbidden" in codes_of_complete(with_check)
    assert set(parts.actions.service.problems) <= codes_of_complete(plain)


def test_a_check_does_not_see_completions_that_an_earlier_check_refused(complete, watch):
    with pytest.raises(Exception, match="checksum"):
        complete(7, checksum="0" * 64)

    assert watch.attempts == []


def test_an_expired_token_is_refused_as_such_with_any_proof(ada, parts, clock):
    define(parts, "shoot", maxSeconds=60)
    issued_token = ada.request("shoot")
    clock.advance(seconds=60)

    answer = ada.send({"actionToken": issued_token["actionToken"], "proof": "no proof"})

    assert answer.json["code"] == "action_token_expired"
