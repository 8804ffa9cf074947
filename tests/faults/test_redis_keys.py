"""Keys of boards vanish, are cut short, renamed and altered in Redis, at random and under load."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from scoreboard.core.storage import rediskeys
from tests.faults.conftest import LONG
from tests.faults.deployment import Deployment
from tests.faults.load import Load
from tests.faults.readers import Readers, wrong
from tests.faults.test_redis import healed
from tests.support import wait_until

pytestmark = pytest.mark.paired

SECONDS = 15 if LONG else 3
FOUND_SECONDS = 10
PARTS = (rediskeys.order, rediskeys.members, rediskeys.metadata, rediskeys.state)


def delete(redis: Redis, key: str) -> None:
    redis.delete(key)


def rename(redis: Redis, key: str) -> None:
    redis.rename(key, f"elsewhere:{key}")


def cut_short(redis: Redis, key: str) -> None:
    if key.endswith(":order"):
        redis.zpopmin(key)
    else:
        redis.hdel(key, redis.hkeys(key)[0])


def retype(redis: Redis, key: str) -> None:
    with redis.pipeline() as together:
        together.delete(key)
        together.rpush(key, "a", "b")
        together.execute()


@contextlib.contextmanager
def meddling(deployment: Deployment, board: str) -> Iterator[list[str]]:
    """Somebody takes away, at random, what is shown of a board. What was done so far."""
    done: list[str] = []
    stopping, draw = threading.Event(), random.Random(7)
    names = [
        *(part(rediskeys.window(f"{board}/all/")) for part in PARTS),
        rediskeys.names(),
        rediskeys.applied(0),
    ]

    def meddle() -> None:
        with deployment.redis.client() as redis:
            while not stopping.wait(0.15):
                key, how = draw.choice(names), draw.choice((delete, rename, cut_short, retype))
                if key == rediskeys.applied(0):
                    how = delete  # it says what is in Redis: no part of it means anything by itself
                with contextlib.suppress(ResponseError, IndexError):  # it is not there, or was damaged before
                    how(redis, key)
                    done.append(f"{how.__name__} {key}")

    thread = threading.Thread(target=meddle)
    thread.start()
    try:
        yield done
    finally:
        stopping.set()
        thread.join()


def another_member(redis: Redis, tag: str) -> None:
    member = redis.zrange(rediskeys.order(tag), 0, 0)[0]
    redis.zrem(rediskeys.order(tag), member)
    redis.zadd(rediskeys.order(tag), {"v" + member[1:]: 0})


def another_standing(redis: Redis, tag: str) -> None:
    first, second = redis.hkeys(rediskeys.members(tag))[:2]
    redis.hset(rediskeys.members(tag), first, redis.hget(rediskeys.members(tag), second))


def another_version(redis: Redis, tag: str) -> None:
    redis.hincrby(rediskeys.state(tag), "version", 1000)


ALTERATIONS = [another_member, another_standing, another_version]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("shared_deployment", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True)
def test_whatever_becomes_of_keys_boards_are_right(shared_deployment):
    deployment = shared_deployment
    with Load(deployment) as load, Readers(deployment, load.board) as readers:
        load.go_on(20)
        healed(deployment, load)
        began = time.monotonic()
        with meddling(deployment, load.board) as done:
            load.go_on(10)
            wait_until(lambda: time.monotonic() > began + SECONDS and len(kinds(done)) == 4, seconds=60)
        lasted, took = time.monotonic() - began, healed(deployment, load)
        print(f"{len(done)} times in {lasted:.0f} s, healed after {took:.1f} s")
        assert len(kinds(done)) == 4, done
        assert load.history.said(since=began).keys() == {"200"}

    load.check()
    assert wrong(readers.readings, load.history) == []
    for alter in ALTERATIONS if LONG else ALTERATIONS[:1]:
        found_after = altered(deployment, load.board, alter)
        print(f"{alter.__name__}: found and built again after {found_after:.1f} s")
        assert found_after < FOUND_SECONDS


def kinds(done: list[str]) -> set[str]:
    """In which ways keys were meddled with."""
    return {name.split()[0] for name in done}


def altered(deployment: Deployment, board: str, alter: Callable[[Redis, str], None]) -> float:
    """How many seconds it took until what was altered was as before, and shown."""
    tag, expected = rediskeys.window(f"{board}/all/"), deployment.rows(board)
    with deployment.redis.client() as redis:
        stamp = redis.hget(rediskeys.state(tag), "stamp")
        alter(redis, tag)
        began = time.monotonic()

        def shown_again() -> bool:
            return redis.hget(rediskeys.state(tag), "stamp") not in (None, stamp)

        wait_until(
            lambda: shown_again() and deployment.rows(board) == expected,
            seconds=3 * FOUND_SECONDS,
            why=deployment.stack.log,
        )
    return time.monotonic() - began
