"""The injected faults: their frequency, and the same faults for the same seed."""

from __future__ import annotations

import pytest

from config.settings import Settings
from scoreboard.app import App, create_app
from scoreboard.chaos.notation import parse
from scoreboard.chaos.requests import FaultyRequests
from scoreboard.chaos.service import Chaos
from scoreboard.chaos.store import FaultyDatabase, Outages
from scoreboard.core.storage.db import Database, execute, rows
from scoreboard.core.storage.unavailable import DatabaseLost
from scoreboard.parts import build
from tests.contract import ContractClient


class CountingApp:
    """A WSGI application that counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, environ, start):
        self.calls += 1
        return [b"done"]


def outcomes(text, requests=2000, path="/v1/boards"):
    """The outcome of each request: "" if answered, otherwise "before" or "after" its work."""
    app = CountingApp()
    faulty, results = FaultyRequests(app, parse(text)), []
    for number in range(requests):
        calls_before = app.calls
        try:
            faulty({"PATH_INFO": path}, None)
            results.append("")
        except ConnectionResetError:
            results.append("after" if app.calls > calls_before else "before")
        assert app.calls <= number + 1
    return results


def test_the_planned_share_of_requests_is_killed_half_before_and_half_after_the_work():
    found = outcomes("seed=1,kill=0.2")

    assert 150 < found.count("before") < 250
    assert 150 < found.count("after") < 250


def test_the_same_seed_kills_the_same_requests_independent_of_other_faults():
    assert outcomes("seed=1,kill=0.2") == outcomes("seed=1,kill=0.2,latency=0.5:0-1")
    assert outcomes("seed=1,kill=0.2") != outcomes("seed=2,kill=0.2")


def test_without_a_seed_each_start_has_another_one_which_is_named():
    seeds = {Chaos(parse("kill=0.1")).plan.seed for _ in range(4)}

    assert len(seeds) > 1
    assert None not in seeds


def test_pages_and_their_files_get_no_faults():
    assert set(outcomes("kill=1", 50, "/b/main")) == {""}


def outages(text, seconds=2000):
    """The number of the outage in each tenth of a second."""
    at = [0.0]
    away = Outages(parse(text), monotonic=lambda: at[0])
    found = []
    for tick in range(seconds * 10):
        at[0] = tick / 10
        found.append(away.current())
    return found


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_the_database_is_away_for_the_configured_share_of_time(share):
    found = outages(f"seed=3,database={share}")

    assert share * 0.75 < sum(map(bool, found)) / len(found) < share * 1.25
    assert len(set(found)) > 50
    assert found == outages(f"seed=3,kill=0.5,database={share}")


def test_without_a_share_the_database_is_never_away():
    assert set(outages("database=0", 10)) == {0}


def test_the_first_work_of_an_outage_is_done_without_a_reply_and_no_other_is_done(sqlite_url):
    calm = Database(sqlite_url)
    calm.run(lambda db: execute(db, "CREATE TABLE found (number)"))
    faulty = FaultyDatabase(sqlite_url, outages=Outages(parse("seed=1,database=1:99999-99999")))

    for number in range(3):
        with pytest.raises(DatabaseLost):
            faulty.run(lambda db, number=number: execute(db, "INSERT INTO found VALUES (?)", [number]))

    assert calm.run(lambda db: rows(db, "SELECT number FROM found")) == [(0,)]
    calm.close()
    faulty.close()


def test_an_injected_loss_of_the_database_is_answered_like_a_real_one(make_parts, sqlite_url):
    make_parts(sqlite_url)
    parts = build(
        Settings(database_url=sqlite_url, secret_key="x" * 32), plan=parse("seed=1,database=1:99999-99999")
    )
    http = ContractClient(create_app(parts))

    answers = [http.post("/v1/auth/guest", json={}) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["Retry-After"]) for answer in answers)
    parts.close()


def test_without_chaos_no_part_is_wrapped(make_parts, sqlite_url):
    parts = make_parts(sqlite_url)

    assert parts.base.chaos is None
    assert {type(parts.base.database), type(parts.base.writer_database)} == {Database}
    assert create_app(parts).wsgi_app.__func__ is App.wsgi_app
