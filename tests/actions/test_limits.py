"""Limits of requests and completions: successful completions are not limited, failures are."""

from __future__ import annotations

import pytest

from scoreboard.core.limits.limiter import Use
from scoreboard.core.storage.db import rows
from tests.actions.play import Player, define
from tests.boards.calls import refusal

pytestmark = pytest.mark.one_database

LIMITED = (429, "rate_limited")


@pytest.fixture
def make_player(make_parts, sqlite_url):
    """Makes a player in a process with these limits and an action type "jump"."""

    def make(**settings):
        parts = make_parts(sqlite_url, **settings)
        define(parts)
        return Player(parts)

    return make


def test_successful_completions_are_not_limited(make_player):
    ada = make_player(limit_failed="1/minute")

    answers = [ada.complete(ada.request()) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert "failed-completion" not in answers[-1].headers["RateLimit"]


def test_failed_and_repeated_completions_are_limited(make_player):
    ada = make_player(limit_failed="4/minute")
    issued_token = ada.request()
    ada.complete(issued_token)

    found = [ada.complete(issued_token) for _ in range(2)] + [
        ada.send({"actionToken": "x"}) for _ in range(3)
    ]

    assert [answer.status_code for answer in found] == [200, 200, 400, 400, 429]
    assert found[0].headers["RateLimit-Policy"] == '"failed-completion";q=4;w=60'
    assert int(found[-1].headers["Retry-After"]) > 0


def test_beyond_the_limit_no_more_work_is_done(make_player):
    ada = make_player(limit_failed="2/minute")
    define(ada.parts, "slow", minSeconds=5)
    tokens = [ada.request("slow") for _ in range(6)]

    found = [ada.complete(issued_token) for issued_token in tokens]

    assert [answer.status_code for answer in found] == [400, 400, 429, 429, 429, 429]
    facts = [
        one
        for one in ada.parts.journal.after(ada.parts.journal.start, 1000)
        if one.fact.kind == "action-refused"
    ]
    assert len(facts) == 3  # counting the third one showed that the limit was exceeded
    assert refusal(ada.complete(ada.request())) == LIMITED


def test_an_exceeded_limit_is_forgotten_with_its_minute(make_player):
    ada = make_player(limit_failed="1/minute")
    now = [0.0]
    ada.parts.base.limits._monotonic = lambda: now[0]
    found = [ada.send({"actionToken": "x"}).status_code for _ in range(2)]
    issued_token = ada.request()
    assert ada.complete(issued_token).status_code == 429

    now[0] = 60.0

    assert found == [400, 429]
    assert ada.complete(issued_token).status_code == 200


def test_each_player_has_a_limit_of_their_own(make_player):
    ada = make_player(limit_failed="1/minute")
    bob = Player(ada.parts)
    for _ in range(3):
        ada.send({"actionToken": "x"})

    assert refusal(ada.send({"actionToken": "x"})) == LIMITED
    assert refusal(bob.send({"actionToken": "x"})) == (400, "invalid_action_token")


def test_the_memory_of_exceeded_limits_is_bounded(make_player, monkeypatch):
    monkeypatch.setattr("scoreboard.core.limits.limiter.MAX_REMEMBERED", 5)
    limits = make_player(limit_failed="1/minute").parts.base.limits

    for player in range(20):
        for _ in range(2):
            limits.count([Use("failed-completion", f"p{player}")])

    assert len(limits._exceeded) == 5
    assert limits.exceeded(Use("failed-completion", "p19"))
    assert not limits.exceeded(Use("failed-completion", "p0"))


def test_requests_for_unknown_types_are_limited_too(make_player):
    ada = make_player(limit_request="3/minute")

    found = [
        ada.http.post("/v1/actions/request", json={"actionType": f"made-up-{number}"}).status_code
        for number in range(5)
    ]

    assert found == [404, 404, 404, 429, 429]
    assert ada.request()["actionType"] == "jump"


def test_a_request_writes_nothing(make_player):
    ada = make_player()
    tables = ("journal", "action_alone", "action_wins", "receipt", "answer")

    def row_counts():
        return [
            ada.parts.base.database.run(lambda db, table=table: rows(db, f"SELECT COUNT(*) FROM {table}"))
            for table in tables
        ]

    before = row_counts()
    for _ in range(10):
        ada.request()

    assert row_counts() == before
