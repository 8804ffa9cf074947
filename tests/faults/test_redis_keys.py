"""Keys of boards are deleted, shortened, renamed and altered in Redis, at random and under load."""

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
from tests.faults.readers import Readers, contradictions
from tests.faults.test_redis import wait_until_recovered
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
    with redis.pipeline() as pipeline:
        pipeline.delete(key)
        pipeline.rpush(key, "a", "b")
        pipeline.execute()


@contextlib.contextmanager
def random_damage(deployment: Deployment, board: str) -> Iterator[list[str]]:
    """Damage keys of a board at random while the block lasts. Gives the list of damages."""
    damages: list[str] = []
    stopping, draw = threading.Event(), random.Random(7)
    names = [
        *(part(rediskeys.window(f"{board}/all/")) for part in PARTS),
        rediskeys.names(),
        rediskeys.applied(0),
    ]

    def damage() -> None:
        with deployment.redis.client() as redis:
            while not stopping.wait(0.15):
                key, alter = draw.choice(names), draw.choice((delete, rename, cut_short, retype))
                if key == rediskeys.applied(0):
                    alter = delete  # it states the contents of Redis: only its absence has a meaning
                with contextlib.suppress(ResponseError, IndexError):  # it is missing, or was damaged before
                    alter(redis, key)
                    damages.append(f"{alter.__name__} {key}")

    thread = threading.Thread(target=damage)
    thread.start()
    try:
        yield damages
    finally:
        stopping.set()
        thread.join()


def change_member(redis: Redis, tag: str) -> None:
    member = redis.zrange(rediskeys.order(tag), 0, 0)[0]
    redis.zrem(rediskeys.order(tag), member)
    redis.zadd(rediskeys.order(tag), {"v" + member[1:]: 0})


def change_standing(redis: Redis, tag: str) -> None:
    first, second = redis.hkeys(rediskeys.members(tag))[:2]
    redis.hset(rediskeys.members(tag), first, redis.hget(rediskeys.members(tag), second))


def change_version(redis: Redis, tag: str) -> None:
    redis.hincrby(rediskeys.state(tag), "version", 1000)


ALTERATIONS = [change_member, change_standing, change_version]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("shared_deployment", ["sqlite", "postgresql"] if LONG else ["sqlite"], indirect=True)
def test_boards_are_right_while_keys_are_damaged(shared_deployment):
    deployment = shared_deployment
    with Load(deployment) as load, Readers(deployment, load.board) as readers:
        load.wait_for_progress(20)
        wait_until_recovered(deployment, load)
        began = time.monotonic()
        with random_damage(deployment, load.board) as damages:
            load.wait_for_progress(10)
            wait_until(lambda: time.monotonic() > began + SECONDS and len(kinds(damages)) == 4, seconds=60)
        seconds, took = time.monotonic() - began, wait_until_recovered(deployment, load)
        print(f"{len(damages)} times in {seconds:.0f} s, recovered after {took:.1f} s")
        assert len(kinds(damages)) == 4, damages
        assert load.history.outcomes(since=began).keys() == {"200"}

    load.check()
    assert contradictions(readers.readings, load.history) == []
    for alter in ALTERATIONS if LONG else ALTERATIONS[:1]:
        found_after = seconds_until_repaired(deployment, load.board, alter)
        print(f"{alter.__name__}: found and built again after {found_after:.1f} s")
        assert found_after < FOUND_SECONDS


def kinds(damages: list[str]) -> set[str]:
    """The kinds of damages."""
    return {name.split()[0] for name in damages}


def seconds_until_repaired(deployment: Deployment, board: str, alter: Callable[[Redis, str], None]) -> float:
    """Alter a key. Returns the seconds until the board is shown as before."""
    tag, expected = rediskeys.window(f"{board}/all/"), deployment.rows(board)
    with deployment.redis.client() as redis:
        stamp = redis.hget(rediskeys.state(tag), "stamp")
        alter(redis, tag)
        began = time.monotonic()

        def is_rebuilt() -> bool:
            return redis.hget(rediskeys.state(tag), "stamp") not in (None, stamp)

        wait_until(
            lambda: is_rebuilt() and deployment.rows(board) == expected,
            seconds=3 * FOUND_SECONDS,
            why=deployment.stack.log,
        )
    return time.monotonic() - began
