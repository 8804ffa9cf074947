"""The limit on writes of players: every call of theirs that writes a fact counts against it."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define
from tests.boards.calls import refusal
from tests.contract import client_of

PASSWORD = "correct horse battery staple"
SCORES = {"entries": [{"player": "bob", "score": 1}]}


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def ada(parts):
    """A guest, in a process with an action type."""
    define(parts)
    return Player(parts)


def limit_count(player, parts):
    """The number of facts that the limit has counted, as the answer to another new guest shows it."""
    parts.base.limits._pending.flush()
    policy = player.http.post("/v1/auth/guest", json={}).headers["RateLimit"]
    return 6000 - int(policy.partition('"write";r=')[2].partition(";")[0]) - 1


def fact_count(parts):
    """The number of facts that players wrote."""
    own = ("action-type", "board", "key", "ring")
    return len(
        [one for one in parts.journal.after(parts.journal.start, 1000) if not one.fact.kind.startswith(own)]
    )


def test_every_call_that_writes_a_fact_is_counted(ada, parts):
    def post(path, **body):
        return ada.http.post(path, json=body)

    def upgrade():
        answer = post("/v1/auth/upgrade", username="ada", password=PASSWORD)
        ada.take(answer.json["data"])
        return answer

    def change_password():
        return post("/v1/me/password", currentPassword=PASSWORD, newPassword=f"{PASSWORD} 2")

    calls = {
        "register": lambda: post("/v1/auth/register", username="grace", password=PASSWORD),
        "login": lambda: post("/v1/auth/login", username="grace", password=PASSWORD),
        "change": lambda: ada.http.patch("/v1/me", json={"displayName": "Ada"}),
        "complete": lambda: ada.complete(ada.request()),
        "upgrade": upgrade,
        "change password": change_password,
        "end other sessions": lambda: ada.http.delete("/v1/me/sessions"),
        "logout": lambda: post("/v1/auth/logout", refreshToken=ada.session["refreshToken"]),
    }
    for name, call in calls.items():
        limit_before, facts_before = limit_count(ada, parts), fact_count(parts)

        assert call().status_code < 300, name

        assert fact_count(parts) == facts_before + 1, name
        assert limit_count(ada, parts) == limit_before + 2, f"{name}, and the guest before it"


def test_a_completion_too_fast_is_counted_and_no_other_refusal_is(ada, parts):
    define(parts, "slow", minSeconds=60)
    issued_token = ada.request()
    ada.complete(issued_token)
    before = limit_count(ada, parts)

    ada.complete(ada.request("slow"))
    assert limit_count(ada, parts) == before + 2
    ada.complete(issued_token)  # a repetition
    ada.send({"actionToken": "x"})
    assert limit_count(ada, parts) == before + 3


def test_over_the_limit_nothing_is_written_and_a_completion_keeps_its_token(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_write="4/minute")
    define(parts)
    ada = Player(parts)
    issued_token = [ada.request() for _ in range(4)]
    parts.base.limits._pending._seconds = 3600
    moment = [0.0]
    parts.base.limits._monotonic = lambda: moment[0]

    # The process learns of the guest when it tells Redis of the first two.
    found = [ada.complete(one) for one in issued_token[:2]]
    parts.base.limits._pending.flush()
    found += [ada.complete(one) for one in issued_token[2:]]

    assert [answer.status_code for answer in found] == [200, 200, 200, 429]
    assert refusal(found[3]) == (429, "rate_limited")
    assert int(found[3].headers["Retry-After"]) > 0
    moment[0] = 61.0
    assert ada.complete(issued_token[3]).json["data"]["replayed"] is False


def test_server_keys_are_not_limited_by_the_write_limit(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_write="1/minute")
    server = client_of(parts)
    Player(parts)

    answers = [server.post("/v1/boards/main/scores", json=SCORES) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert "RateLimit" not in answers[-1].headers
