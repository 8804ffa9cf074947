"""Refusals in the journal: one for each token, and ten of a player in an hour, over all processes."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage.db import rows
from tests.actions.play import Player, define
from tests.boards.calls import refusal
from tests.contract import ContractClient
from tests.support import at_once

TOO_FAST = (400, "completed_too_fast")


@pytest.fixture
def slow(parts):
    """An action type that takes ten minutes."""
    define(parts, "slow", minSeconds=600, maxSeconds=3600, offline=True)
    return "slow"


def refusal_counts(parts, *players):
    """The number of refusals of each player in the journal."""
    lines = [
        one.fact.player
        for one in parts.journal.after(parts.journal.start, 10_000)
        if one.fact.kind == "action-refused"
    ]
    return [lines.count(player.id) for player in players]


def rush(player, times, action="slow"):
    """Complete `times` tokens too fast. Returns the refusals."""
    return [refusal(player.complete(player.request(action))) for _ in range(times)]


def test_ten_refusals_are_recorded_in_an_hour_and_all_get_the_same_answer(ada, parts, slow, clock):
    assert rush(ada, 15) == [TOO_FAST] * 15
    assert refusal_counts(parts, ada) == [10]

    clock.advance(seconds=3600)
    ada.renew()
    assert rush(ada, 12) == [TOO_FAST] * 12
    assert refusal_counts(parts, ada) == [20]


def test_each_player_has_ten_recorded_refusals(ada, parts, slow):
    bob = Player(parts)

    rush(ada, 12)
    rush(bob, 12)

    assert refusal_counts(parts, ada, bob) == [10, 10]


def test_a_refusal_of_a_token_is_recorded_once(ada, parts, slow):
    issued_token = ada.request(slow)
    for _ in range(20):
        ada.complete(issued_token)

    assert refusal_counts(parts, ada) == [1]
    rush(ada, 20)
    assert refusal_counts(parts, ada) == [10]


def test_processes_count_together_while_redis_is_away(make_parts, database_url):
    away = {"redis_url": "redis://127.0.0.1:1/0", "limit_failed": "", "limit_request": ""}
    processes = [make_parts(database_url, **away) for _ in range(3)]
    define(processes[0], "slow", minSeconds=200)
    ada = Player(processes[0])
    apps = [create_app(parts) for parts in processes]
    tokens = [ada.request("slow")["actionToken"] for _ in range(30)]

    def complete(number):
        client = ContractClient(apps[number % 3])
        headers = {"Authorization": ada.http.environ_base["HTTP_AUTHORIZATION"]}
        body = {"actionToken": tokens[number], "proof": {}}
        return refusal(client.post("/v1/actions/complete", json=body, headers=headers))

    assert at_once(30, complete) == [TOO_FAST] * 30
    assert refusal_counts(processes[0], ada) == [10]


def test_further_refusals_of_a_player_do_not_reach_the_writer(ada, parts, slow, clock):
    rush(ada, 11)
    issued_token, appends = ada.request(slow), []
    append = parts.writer.append
    parts.writer.append = lambda facts: appends.append(facts) or append(facts)

    assert refusal(ada.complete(issued_token)) == TOO_FAST
    assert appends == []
    clock.advance(seconds=599)
    assert ada.complete(issued_token).status_code == 400
    assert appends == []


def test_the_memory_of_refused_players_is_bounded(parts, slow, monkeypatch):
    monkeypatch.setattr("scoreboard.actions.refusals.MAX_CAPPED", 3)
    players = [Player(parts) for _ in range(5)]

    for player in players:
        rush(player, 11)

    assert set(parts.actions.refusals._capped) == {player.id for player in players[2:]}
    assert refusal_counts(parts, *players) == [10] * 5


def test_counts_of_hours_that_are_over_are_forgotten(ada, parts, slow, clock, monkeypatch):
    monkeypatch.setattr("scoreboard.actions.store.refused.SLICE", 2)
    others = [Player(parts) for _ in range(4)]
    for player in others:
        rush(player, 1)
    clock.advance(seconds=7200)
    ada.renew()
    rush(ada, 11)

    for _ in range(2):
        parts.actions.refusals.forget_old()

    text = "SELECT player, facts FROM action_refused"
    assert parts.base.database.run(lambda db: rows(db, text)) == [(ada.id, 10)]
    rush(ada, 1)
    assert refusal_counts(parts, ada, *others) == [10, 1, 1, 1, 1]


def test_refusals_change_no_board(ada, parts, slow):
    rush(ada, 12)
    issued_token = ada.request("jump")

    assert ada.complete(issued_token).json["data"]["newScore"] == 10
    assert parts.boards.verifier.run() == []
