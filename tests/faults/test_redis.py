"""Redis is away in every way that it can be: scores count, boards are right, and all heals by itself.

Load and readers spread over two web processes all the while, so what holds here is also that nobody's own
score goes back when another process answers, and that no board is shown that lacks what was acknowledged.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.faults.conftest import LONG
from tests.faults.history import Deed
from tests.faults.house import House
from tests.faults.load import Load
from tests.faults.playing import slowest
from tests.faults.readers import Readers, wrong
from tests.support import wait_until

pytestmark = pytest.mark.alone

HEALED_SECONDS = 30 if LONG else 60  # on a busy machine the worker's tasks take long to start anew
ENOUGH = 200  # calls, of which the slowest hundredth says something
FULL = "1mb"  # less than the bare server needs, so it takes nothing more


class Fault(NamedTuple):
    """A way to be away, and for how many seconds where there is little time, and where there is enough."""

    away: Callable[[House], contextlib.AbstractContextManager[None]]
    short: float
    long: float


@contextlib.contextmanager
def stopped(house: House) -> Iterator[None]:
    with house.paused(house.redis.pid):
        yield


@contextlib.contextmanager
def down_and_back_empty(house: House) -> Iterator[None]:
    house.redis.kill()
    yield
    house.redis.start()


@contextlib.contextmanager
def silent_on_the_way(house: House) -> Iterator[None]:
    house.redis_way.stall()
    yield
    house.redis_way.repair()


@contextlib.contextmanager
def doing_and_not_answering(house: House) -> Iterator[None]:
    house.redis_way.swallowing = True
    yield
    house.redis_way.swallowing = False
    assert house.redis_way.swallowed.is_set()


@contextlib.contextmanager
def full(house: House) -> Iterator[None]:
    with house.redis.client() as redis:
        redis.config_set("maxmemory", FULL)
        yield
        redis.config_set("maxmemory", 0)


@contextlib.contextmanager
def read_only(house: House) -> Iterator[None]:
    with house.redis.client() as redis:
        redis.replicaof("127.0.0.1", 1)
        yield
        redis.replicaof("NO", "ONE")


@contextlib.contextmanager
def flushed(house: House) -> Iterator[None]:
    with house.redis.client() as redis:
        redis.flushall()
    yield


@contextlib.contextmanager
def back_with_yesterdays_boards(house: House) -> Iterator[None]:
    with house.redis.client() as redis:
        redis.save()
    yield
    house.redis.kill()
    house.redis.start()
    (house.redis.folder / "dump.rdb").unlink()


FAULTS = [
    Fault(stopped, 4, 60),
    Fault(down_and_back_empty, 2, 30),
    Fault(silent_on_the_way, 0, 30),
    Fault(doing_and_not_answering, 2, 30),
    Fault(full, 2, 30),
    Fault(read_only, 0, 30),
    Fault(flushed, 1, 1),
    Fault(back_with_yesterdays_boards, 2, 30),
]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if LONG else ["sqlite"])
def test_whatever_becomes_of_redis_scores_count_and_boards_are_right(kind, request, build_house):
    house = build_house(request.getfixturevalue("own_postgres") if kind == "postgresql" else None)
    with Load(house) as load, Readers(house, load.board) as readers:
        load.go_on(20)
        healed(house, load)
        for fault in FAULTS:
            lasting = fault.long if LONG else fault.short
            if not lasting:
                continue  # much like another one, for which there is time
            began = time.monotonic()
            until = began + lasting
            with fault.away(house):
                load.go_on(10)
                wait_until(lambda until=until: time.monotonic() > until, seconds=120)
                over = time.monotonic()
            took = healed(house, load)
            report(fault, load, began, over, took)
            assert load.history.said(since=began).keys() == {"200"}, fault

    load.check()
    assert wrong(readers.readings, load.history) == []


def healed(house: House, load: Load) -> float:
    """How many seconds it took until ranks came from Redis again, whichever process is asked."""
    began, number = time.monotonic(), 0

    def ranked() -> bool:
        nonlocal number
        number += 1
        deed = Deed(f"healed-{began}-{number}", "healed", 1)
        body = {"entries": [{"player": deed.player, "score": deed.points, "idempotencyKey": deed.key}]}
        verdict, answer = load.history.send(
            [deed], lambda: house.stack.call("POST", f"/v1/boards/{load.board}/scores", body)
        )
        return verdict == "ok" and "degraded" not in answer.json["data"]

    wait_until(lambda: all(ranked() for _ in range(10)), seconds=HEALED_SECONDS, why=house.stack.log)
    return time.monotonic() - began


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
