"""Redis is away in every possible way: scores count, boards are right, and the product recovers.

Load and readers use both web processes all the time. So the tests also show that no player's score goes back
when another process answers, and that no board lacks an acknowledged score.
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
from tests.faults.history import Call, Operation
from tests.faults.load import Load
from tests.faults.playing import slowest
from tests.faults.readers import Readers, contradictions
from tests.support import wait_until

pytestmark = pytest.mark.paired

HEALED_SECONDS = 30 if LONG else 60  # on a busy machine the worker's tasks take long to restart
ENOUGH = 200  # calls, for a meaningful p99
FULL = "1mb"  # less than an empty server needs, so it accepts no writes


class Fault(NamedTuple):
    """A way to be away, and its duration in seconds in the short and the long form."""

    away: Callable[[Deployment], contextlib.AbstractContextManager[None]]
    short: float
    long: float


@contextlib.contextmanager
def stop(deployment: Deployment) -> Iterator[None]:
    with deployment.pause(deployment.redis.pid):
        yield


@contextlib.contextmanager
def down_and_back_empty(deployment: Deployment) -> Iterator[None]:
    deployment.redis.kill()
    yield
    deployment.redis.start()


@contextlib.contextmanager
def silent_on_the_way(deployment: Deployment) -> Iterator[None]:
    deployment.redis_proxy.stall()
    yield
    deployment.redis_proxy.repair()


@contextlib.contextmanager
def doing_and_not_answering(deployment: Deployment) -> Iterator[None]:
    deployment.redis_proxy.drops_answers = True
    yield
    deployment.redis_proxy.drops_answers = False
    assert deployment.redis_proxy.answer_dropped.is_set()


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
def flush(deployment: Deployment) -> Iterator[None]:
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
    Fault(stop, 5, 60),
    Fault(down_and_back_empty, 2, 30),
    Fault(silent_on_the_way, 0, 30),
    Fault(doing_and_not_answering, 2, 30),
    Fault(full, 2, 30),
    Fault(read_only, 0, 30),
    Fault(flush, 1, 1),
    Fault(flush, 1, 1),
    Fault(back_with_yesterdays_boards, 2, 30),
]
ON_BOTH = (stop, flush)  # faults that the short form tests on both databases


@pytest.mark.timeout(1200)
def test_during_every_fault_of_redis_scores_count_and_boards_are_right(shared_deployment):
    deployment = shared_deployment
    with Load(deployment) as load, Readers(deployment, load.board) as readers:
        load.wait_for_progress(20)
        wait_until_recovered(deployment, load)
        for fault in FAULTS:
            lasting = fault.long if LONG else fault.short
            if not lasting or (deployment.postgres and not LONG and fault.away not in ON_BOTH):
                continue  # similar to another one, which the short form has
            began = time.monotonic()
            until = began + lasting
            with fault.away(deployment):
                load.wait_for_progress(10)
                wait_until(lambda until=until: time.monotonic() > until, seconds=120)
                if fault.away is stop:
                    wait_until(lambda began=began: min(map(len, calls_during(load, began))) > 20, seconds=60)
                over = time.monotonic()
            took = wait_until_recovered(deployment, load)
            report(fault, load, began, over, took)
            if fault.away is stop:
                assert_answered_in_time(load, began, over)
            assert load.history.outcomes(since=began).keys() == {"200"}, fault

    load.check()
    assert contradictions(readers.readings, load.history) == []


def wait_until_recovered(deployment: Deployment, load: Load) -> float:
    """Wait until every process has ranks from Redis again. Returns the seconds that it took."""
    began, number = time.monotonic(), 0

    def has_rank() -> bool:
        nonlocal number
        number += 1
        operation = Operation(f"recovery-{began}-{number}", "recovery", 1)
        body = {
            "entries": [
                {"player": operation.player, "score": operation.points, "idempotencyKey": operation.key}
            ]
        }
        verdict, answer = load.history.send(
            [operation], lambda: deployment.stack.call("POST", f"/v1/boards/{load.board}/scores", body)
        )
        return verdict == "ok" and "degraded" not in answer.json["data"]

    wait_until(lambda: all(has_rank() for _ in range(10)), seconds=HEALED_SECONDS, why=deployment.stack.log)
    return time.monotonic() - began


def assert_answered_in_time(load: Load, began: float, over: float) -> None:
    """A stopped Redis delays neither scores nor completions; their answers say that they lack ranks."""
    for mine in calls_during(load, began, over):
        assert len(mine) > 20
        assert slowest([call.answered - call.sent for call in mine]) < 1
        assert any(call.degraded for call in mine)


def calls_during(load: Load, began: float, over: float = math.inf) -> Iterator[list[Call]]:
    """The calls of servers, which send scores, and then those of players, which complete actions."""
    calls = [call for call in list(load.history.calls) if began <= call.sent <= over]
    yield from ([call for call in calls if call.operation.key.startswith(name)] for name in ("s", "g"))


def report(fault: Fault, load: Load, began: float, over: float, took: float) -> None:
    """Print the measurements, and check the times of calls, less strictly if there are few."""
    seconds = [
        call.answered - call.sent
        for call in load.history.calls
        if began <= call.sent <= over and call.operation.key.startswith("g")
    ]
    if seconds:
        print(
            f"{fault.away.__name__}, {over - began:.0f} s: {len(seconds)} completions,"
            f" p50 {slowest(seconds, 0.5):.2f} s, p99 {slowest(seconds):.2f} s, recovered after {took:.1f} s"
        )
        assert slowest(seconds, 0.99 if len(seconds) >= ENOUGH else 0.8) <= 1, (fault, sorted(seconds))


def test_while_redis_is_stopped_limits_hold_in_each_process(deploy):
    deployment = deploy(LIMIT_GUEST="20/minute")
    with deployment.pause(deployment.redis.pid):
        answers = [deployment.stack.call("POST", "/v1/auth/guest", {}, key=None) for _ in range(40)]

    # Two processes share the limit: ten calls each, however the calls are distributed.
    assert Counter(answer.status for answer in answers).keys() == {201, 429}
    assert sum(answer.status == 201 for answer in answers) <= 20
