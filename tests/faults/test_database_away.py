"""A database that is down, locked, full of others, or loses its word: nothing is lost, doubled or hung."""

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
    """The shared one, where it is on PostgreSQL."""
    if shared_deployment.postgres is None:
        pytest.skip("this is about servers: SQLite is none")
    return shared_deployment


@contextlib.contextmanager
def locked(deployment):
    """Another process holds the one lock of the database's file while the block lasts."""
    words = [sys.executable, "-c", HOLD, str(deployment.database_file)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        yield
        other.stdin.close()


@pytest.mark.timeout(600)
def test_a_database_that_restarts_without_goodbye_loses_and_doubles_nothing(deployment, long):
    with Load(deployment) as load:
        for _ in range(20 if long else 2):
            load.go_on(20)
            deployment.postgres.restart()
            back = time.monotonic()
            load.go_on(1)
            assert time.monotonic() - back < 5
        load.go_on(50)

    load.check()
    assert heard(load) <= {"200", "nothing", "503 ledger_unavailable", "503 outcome_unknown"}


def test_commits_whose_answers_are_lost_count_once(deployment, long):
    way = deployment.database_way
    with Load(deployment) as load:
        for _ in range(50 if long else 5):
            load.go_on(5)
            before, way.losing = way.lost, b"COMMIT\0"
            wait_until(
                lambda before=before: way.lost > before,
                seconds=20,
                why=lambda: f"{way.losing!r} {load.history.said()}\n{deployment.stack.log()}",
            )
        load.go_on(20)

    load.check()
    assert heard(load) <= {"200", "503 ledger_unavailable", "503 outcome_unknown"}


def test_where_others_have_all_connections_it_is_said_in_time_and_heals(deployment):
    with Load(deployment) as load:
        load.go_on(20)
        with contextlib.ExitStack() as others:
            crowd_out(deployment, others)
            began = time.monotonic()
            wait_until(lambda: refusals(load, began) > 20, seconds=20)
            slow = slowest(load, began)
        back = time.monotonic()
        load.go_on(1)
        assert time.monotonic() - back < 5
        load.go_on(50)

    load.check()
    assert slow < 3
    assert heard(load) <= {"200", "503 ledger_unavailable", "503 outcome_unknown"}


def crowd_out(deployment, others):
    """Take all connections that the server has, also those that the product had."""
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
    stall_seconds = 0.05 if long else 0.5  # others work on this machine too, and are no stall of ours
    # gevent looks in from a native thread, and says where an event loop stood still for so long.
    deployment = deploy(GEVENT_MONITOR_THREAD_ENABLE="true", GEVENT_MAX_BLOCKING_TIME=str(stall_seconds))
    define(deployment, "deed")
    players = [Player(deployment.stack) for _ in range(20)]
    tokens = [player.request("deed") for player in players]
    complete = lambda number: timed(lambda: players[number].complete(tokens[number], 5))  # noqa: E731
    read = lambda number: timed(lambda: deployment.stack.call("GET", "/v1/boards/deed/entries"))  # noqa: E731
    completed, reads = [], []
    said_before = len(log(deployment))

    with locked(deployment):
        until = time.monotonic() + (10 if long else 3)
        while time.monotonic() < until:
            completed += at_once(20, complete)
            reads += at_once(20, read)
        stalls = log(deployment)[said_before:].count("appears to be blocked")
    wait_until(lambda: complete(0)[1].status == 200, seconds=5)

    print(f"{max(completed, key=first)[0]:.2f} s, reads {max(reads, key=first)[0]:.2f} s, {stalls} stalls")
    assert Counter(answer.json["code"] for _, answer in completed).keys() == {"ledger_unavailable"}
    assert {answer.status for _, answer in reads} == {200}
    assert max(completed, key=first)[0] < (2 if long else 2.5)
    assert stalls == 0
    assert all(answer.status == 200 for _, answer in at_once(20, complete))
    assert {row.player: row.score for row in deployment.rows("deed")} == {player.id: 5 for player in players}


def first(pair):
    return pair[0]


def timed(call):
    began = time.monotonic()
    answer = call()
    return time.monotonic() - began, answer


def log(deployment):
    return (deployment.folder / "serve.log").read_text()


def heard(load):
    """What was answered to deeds."""
    return load.history.said().keys()


def refusals(load, since):
    return sum(often for said, often in load.history.said(since).items() if said.startswith("503"))


def slowest(load, since):
    return max(call.answered - call.sent for call in list(load.history.calls) if call.sent >= since)
