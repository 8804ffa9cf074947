"""A database that is down, locked, full or loses its answers: no score is lost or doubled."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections import Counter

import psycopg
import pytest

from tests.faults.load import Load, define
from tests.faults.playing import Player
from tests.support import at_once, wait_until

pytestmark = pytest.mark.paired

HOLD = """
import apsw, sys
other = apsw.Connection(sys.argv[1])
other.setbusytimeout(10_000)
other.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def deployment(shared_deployment):
    """The shared deployment, if it is on PostgreSQL."""
    if shared_deployment.postgres is None:
        pytest.skip("this is about servers: SQLite has none")
    return shared_deployment


@contextlib.contextmanager
def lock_file(deployment):
    """Hold the lock of the database's file in another process while the block lasts."""
    words = [sys.executable, "-c", HOLD, str(deployment.database_file)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        yield
        other.stdin.close()


@pytest.mark.timeout(600)
def test_a_database_that_restarts_after_a_crash_loses_and_doubles_nothing(deployment, long):
    with Load(deployment) as load:
        for _ in range(20 if long else 2):
            load.wait_for_progress(20)
            deployment.postgres.restart()
            back = time.monotonic()
            load.wait_for_progress(1)
            assert time.monotonic() - back < 5
        load.wait_for_progress(50)

    load.check()
    assert outcomes(load) <= {"200", "nothing", "503 ledger_unavailable", "503 outcome_unknown"}


def test_commits_whose_answers_are_lost_count_once(deployment, long):
    proxy = deployment.database_proxy
    with Load(deployment) as load:
        for _ in range(50 if long else 5):
            load.wait_for_progress(5)
            before, proxy.lose_once = proxy.lost_count, b"COMMIT\0"
            wait_until(
                lambda before=before: proxy.lost_count > before,
                seconds=20,
                why=lambda: f"{proxy.lose_once!r} {load.history.outcomes()}\n{deployment.stack.log()}",
            )
        load.wait_for_progress(20)

    load.check()
    assert outcomes(load) <= {"200", "503 ledger_unavailable", "503 outcome_unknown"}


def test_without_free_connections_answers_come_in_time_and_the_product_recovers(deployment):
    with Load(deployment) as load:
        load.wait_for_progress(20)
        with contextlib.ExitStack() as others:
            crowd_out(deployment, others)
            began = time.monotonic()
            wait_until(lambda: refusals(load, began) > 20, seconds=20)
            slow = slowest(load, began)
        back = time.monotonic()
        load.wait_for_progress(1)
        assert time.monotonic() - back < 5
        load.wait_for_progress(50)

    load.check()
    assert slow < 3
    assert outcomes(load) <= {"200", "503 ledger_unavailable", "503 outcome_unknown"}


def crowd_out(deployment, others):
    """Take all connections of the server, also the product's."""
    uri = deployment.postgres.databases.uri
    first = others.enter_context(psycopg.connect(uri, autocommit=True))
    for _ in range(20):
        first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname IS NOT NULL AND datname <> 'postgres'"
        )
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                others.enter_context(psycopg.connect(uri, autocommit=True))


@pytest.mark.timeout(120)
def test_a_locked_file_is_answered_in_time_and_never_stops_the_event_loop(deploy, long):
    stall_seconds = 0.05 if long else 0.5  # other work on this machine must not count as a stall
    # gevent watches from a native thread, and logs when the event loop is blocked for so long.
    deployment = deploy(GEVENT_MONITOR_THREAD_ENABLE="true", GEVENT_MAX_BLOCKING_TIME=str(stall_seconds))
    define(deployment, "sealed")
    players = [Player(deployment.stack) for _ in range(20)]
    tokens = [player.request("sealed") for player in players]
    complete = lambda number: measure(lambda: players[number].complete(tokens[number], 5))  # noqa: E731
    read = lambda number: measure(lambda: deployment.stack.call("GET", "/v1/boards/sealed/entries"))  # noqa: E731
    completed, reads = [], []
    log_before = len(log(deployment))

    with lock_file(deployment):
        until = time.monotonic() + (10 if long else 3)
        while time.monotonic() < until:
            completed += at_once(20, complete)
            reads += at_once(20, read)
        stalls = log(deployment)[log_before:].count("appears to be blocked")
    wait_until(lambda: complete(0)[1].status == 200, seconds=5)

    slowest_read = max(reads, key=seconds_of)[0]
    print(f"{max(completed, key=seconds_of)[0]:.2f} s, reads {slowest_read:.2f} s, {stalls} stalls")
    assert Counter(answer.json["code"] for _, answer in completed).keys() == {"ledger_unavailable"}
    assert {answer.status for _, answer in reads} == {200}
    assert max(completed, key=seconds_of)[0] < (2 if long else 2.5)
    assert stalls == 0
    assert all(answer.status == 200 for _, answer in at_once(20, complete))
    assert {row.player: row.score for row in deployment.rows("sealed")} == {
        player.id: 5 for player in players
    }


def seconds_of(pair):
    return pair[0]


def measure(call):
    began = time.monotonic()
    answer = call()
    return time.monotonic() - began, answer


def log(deployment):
    return (deployment.folder / "serve.log").read_text()


def outcomes(load):
    """All outcomes of the load's calls."""
    return load.history.outcomes().keys()


def refusals(load, since):
    return sum(count for outcome, count in load.history.outcomes(since).items() if outcome.startswith("503"))


def slowest(load, since):
    return max(call.answered - call.sent for call in list(load.history.calls) if call.sent >= since)
