"""Redis is away in every way that it can be: scores count, boards are right, and all heals by itself.

Load and readers spread over two web processes all the while, so what holds here is also that nobody's own
score goes back when another process answers, and that no board is shown that lacks what was acknowledged.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.faults.conftest import LONG
from tests.faults.deployment import Deployment
from tests.faults.history import Call, Deed
from tests.faults.load import Load
from tests.faults.playing import slowest
from tests.faults.readers import Readers, wrong
from tests.support import wait_until

pytestmark = pytest.mark.paired

HEALED_SECONDS = 30 if LONG else 60  # on a busy machine the worker's tasks take long to start anew
ENOUGH = 200  # calls, of which the slowest hundredth says something
FULL = "1mb"  # less than the bare server needs, so it takes nothing more


class Fault(NamedTuple):
    """A way to be away, and for how many seconds where there is little time, and where there is enough."""

    away: Callable[[Deployment], contextlib.AbstractContextManager[None]]
    short: float
    long: float


@contextlib.contextmanager
def stopped(deployment: Deployment) -> Iterator[None]:
    with deployment.paused(deployment.redis.pid):
        yield


@contextlib.contextmanager
def down_and_back_empty(deployment: Deployment) -> Iterator[None]:
    deployment.redis.kill()
    yield
    deployment.redis.start()


@contextlib.contextmanager
def silent_on_the_way(deployment: Deployment) -> Iterator[None]:
    deployment.redis_way.stall()
    yield
    deployment.redis_way.repair()


@contextlib.contextmanager
def doing_and_not_answering(deployment: Deployment) -> Iterator[None]:
    deployment.redis_way.swallowing = True
    yield
    deployment.redis_way.swallowing = False
    assert deployment.redis_way.swallowed.is_set()


@contextlib.contextmanager
def full(deployment: Deployment) -> Iterator[None]:
    with deployment.redis.client() as redis:
        redis.config_set("maxmemory", FULL)
        yield
        redis.config_set("maxmemory", 0)


@contextlib.contextmanager
def read_only(deployment: Deployment) -> Iterator[None]:
    with deployment.redis.client() as redis:
        redis.replicaof("127.0.0.1", 1)
        yield
        redis.replicaof("NO", "ONE")


@contextlib.contextmanager
def flushed(deployment: Deployment) -> Iterator[None]:
    with deployment.redis.client() as redis:
        redis.flushall()
    yield


@contextlib.contextmanager
def back_with_yesterdays_boards(deployment: Deployment) -> Iterator[None]:
    with deployment.redis.client() as redis:
        redis.save()
    yield
    deployment.redis.kill()
    deployment.redis.start()
    (deployment.redis.folder / "dump.rdb").unlink()


FAULTS = [
    Fault(stopped, 5, 60),
    Fault(down_and_back_empty, 2, 30),
    Fault(silent_on_the_way, 0, 30),
    Fault(doing_and_not_answering, 2, 30),
    Fault(full, 2, 30),
    Fault(read_only, 0, 30),
    Fault(flushed, 1, 1),
    Fault(flushed, 1, 1),
    Fault(back_with_yesterdays_boards, 2, 30),
]
ON_BOTH = (stopped, flushed)  # databases, where there is little time


@pytest.mark.timeout(1200)
def test_whatever_becomes_of_redis_scores_count_and_boards_are_right(shared_deployment):
    deployment = shared_deployment
    with Load(deployment) as load, Readers(deployment, load.board) as readers:
        load.go_on(20)
        healed(deployment, load)
        for fault in FAULTS:
            lasting = fault.long if LONG else fault.short
            if not lasting or (deployment.postgres and not LONG and fault.away not in ON_BOTH):
                continue  # much like another one, for which there is time
            began = time.monotonic()
            until = began + lasting
            with fault.away(deployment):
                load.go_on(10)
                wait_until(lambda until=until: time.monotonic() > until, seconds=120)
                if fault.away is stopped:
                    wait_until(lambda began=began: min(map(len, meanwhile(load, began))) > 20, seconds=60)
                over = time.monotonic()
            took = healed(deployment, load)
            report(fault, load, began, over, took)
            if fault.away is stopped:
                assert_answered_in_time(load, began, over)
            assert load.history.said(since=began).keys() == {"200"}, fault

    load.check()
    assert wrong(readers.readings, load.history) == []


def healed(deployment: Deployment, load: Load) -> float:
    """How many seconds it took until ranks came from Redis again, whichever process is asked."""
    began, number = time.monotonic(), 0

    def ranked() -> bool:
        nonlocal number
        number += 1
        deed = Deed(f"healed-{began}-{number}", "healed", 1)
        body = {"entries": [{"player": deed.player, "score": deed.points, "idempotencyKey": deed.key}]}
        verdict, answer = load.history.send(
            [deed], lambda: deployment.stack.call("POST", f"/v1/boards/{load.board}/scores", body)
        )
        return verdict == "ok" and "degraded" not in answer.json["data"]

    wait_until(lambda: all(ranked() for _ in range(10)), seconds=HEALED_SECONDS, why=deployment.stack.log)
    return time.monotonic() - began


def assert_answered_in_time(load: Load, began: float, over: float) -> None:
    """Redis that stands still holds up neither scores nor completions, which say that they lack ranks."""
    for mine in meanwhile(load, began, over):
        assert len(mine) > 20
        assert slowest([call.answered - call.sent for call in mine]) < 1
        assert any(call.degraded for call in mine)


def meanwhile(load: Load, began: float, over: float = math.inf) -> Iterator[list[Call]]:
    """The calls of servers, which send scores, and then those of gamers, who complete actions."""
    calls = [call for call in list(load.history.calls) if began <= call.sent <= over]
    yield from ([call for call in calls if call.deed.key.startswith(name)] for name in ("s", "g"))


def report(fault: Fault, load: Load, began: float, over: float, took: float) -> None:
    """Say what was measured, and judge how long calls took. Few calls on a busy machine prove less."""
    spent = [
        call.answered - call.sent
        for call in load.history.calls
        if began <= call.sent <= over and call.deed.key.startswith("g")
    ]
    if spent:
        print(
            f"{fault.away.__name__}, {over - began:.0f} s: {len(spent)} completions,"
            f" p50 {slowest(spent, 0.5):.2f} s, p99 {slowest(spent):.2f} s, healed after {took:.1f} s"
        )
        assert slowest(spent, 0.99 if len(spent) >= ENOUGH else 0.8) <= 1, (fault, sorted(spent))


def test_while_redis_is_stopped_limits_hold_in_each_process(deploy):
    deployment = deploy(LIMIT_GUEST="20/minute")
    with deployment.paused(deployment.redis.pid):
        answers = [deployment.stack.call("POST", "/v1/auth/guest", {}, key=None) for _ in range(40)]

    # Two processes share what is allowed: ten each, however the calls fall on them.
    assert Counter(answer.status for answer in answers).keys() == {201, 429}
    assert sum(answer.status == 201 for answer in answers) <= 20
