"""A guest tries to fill the disk: what the journal keeps permanently is limited."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from itertools import count

import psycopg
import pytest

from tests.actions.play import proof
from tests.support import Stack, wait_until

TOO_FAST = (400, "completed_too_fast")
numbers = count(1)


class Stranger:
    """A guest with its own address."""

    def __init__(self, server: Stack) -> None:
        self._server = server
        self._headers = {"X-Forwarded-For": f"198.51.100.{next(numbers)}"}
        session = self.post("/v1/auth/guest", {}).json["data"]
        self.id = session["player"]["id"]
        self._headers["Authorization"] = f"Bearer {session['accessToken']}"

    def post(self, path, body):
        return self._server.call("POST", path, body, key=None, headers=self._headers)

    def request(self, action):
        answer = self.post("/v1/actions/request", {"actionType": action})
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def complete(self, requested, **claim):
        proven = proof(requested, **claim)
        return self.post("/v1/actions/complete", {"actionToken": requested["actionToken"], "proof": proven})


@pytest.fixture
def stranger(server):
    return Stranger(server)


def define(server, name, **rules):
    body = {"boards": ["main"], "points": 1, "difficulty": 1} | rules
    assert server.call("PUT", f"/v1/admin/action-types/{name}", body).status in (200, 201)


def journal(server, player, kind):
    """The `data` of each fact of a player."""
    text = f"SELECT data FROM journal WHERE player = '{player}' AND kind = '{kind}'"
    url = server.environment.get("DATABASE_URL")
    if url:
        with psycopg.connect(url) as connection:
            return [row[0] for row in connection.execute(text)]
    file = server.data_dir / "scoreboard.db"
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute(text)]


def write_limit(answer):
    """The facts that an address has left, and the facts that are allowed."""
    left = re.search(r'"write";r=([0-9]+)', answer.headers["RateLimit"])
    allowed = re.search(r'"write";q=([0-9]+);w=60', answer.headers["RateLimit-Policy"])
    return int(left[1]), int(allowed[1])


def test_tokens_that_are_completed_too_fast_fill_no_journal(server, stranger):
    define(server, "hour", minSeconds=3600, maxSeconds=7200)

    answers = [stranger.complete(stranger.request("hour")) for _ in range(40)]

    assert {(answer.status, answer.json["code"]) for answer in answers} == {TOO_FAST}
    # At the edge of two hours there may be ten of each.
    assert 10 <= len(journal(server, stranger.id, "action-refused")) <= 20


@pytest.mark.parametrize("text", ["\x01", "\n", '"', "\\", "é", "🎲", "x"], ids=repr)
def test_no_result_takes_more_of_the_journal_than_its_type_allows(server, stranger, text):
    define(server, "note")
    answers = [
        stranger.complete(stranger.request("note"), result=text * length)
        for length in (16, 128, 256, 512, 1024, 4096)
    ]

    assert all(answer.status in (200, 400) for answer in answers)
    assert {answer.json["code"] for answer in answers if answer.status == 400} <= {
        "result_too_large",
        "invalid_proof",
    }
    facts = journal(server, stranger.id, "action")
    assert len(facts) == sum(answer.status == 200 for answer in answers)
    assert all(len(data.encode()) < 512 + 200 for data in facts), max(map(len, facts))


def test_all_processes_count_the_facts_of_an_address(server, stranger):
    define(server, "note")
    _, allowed = write_limit(stranger.complete(stranger.request("note")))
    for _ in range(19):
        assert stranger.complete(stranger.request("note")).status == 200
    guests = iter(range(1, 1000))

    # The guest, twenty completions, and the guests that the test makes to read the limit.
    def all_are_counted():
        answer = stranger.post("/v1/auth/guest", {})
        assert answer.status == 201
        return write_limit(answer)[0] == allowed - 21 - next(guests)

    wait_until(all_are_counted, why=lambda: "completions are not counted")
