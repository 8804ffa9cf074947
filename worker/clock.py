"""The clock: wakes followers when something was written, and every few seconds in any case."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from scoreboard.core import keys
from worker import queues
from worker.jobs import boards, followers

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10.0  # the safety net: how long a lost wake-up can delay a follower
FORGET_SECONDS = 3600.0
REST_SECONDS = 1.0
LEAST_SECONDS = 1.0  # between two wake-ups of a busy journal: each job is a process of its own


def run(redis: Redis, boards_redis: Redis, names: list[str], stopping: Callable[[], bool]) -> None:
    """Wake the followers named `names` until `stopping`, through every failure of Redis.

    `redis` is RQ's, `boards_redis` the one in which web processes say that they wrote something.
    """
    due: dict[str, float] = {"sweep": 0.0, "forget": 0.0}
    while not stopping():
        try:
            woken = boards_redis.blpop([keys.wake()], timeout=1)
            now = time.monotonic()
            if woken or now >= due["sweep"]:
                for name in names:
                    _wake(redis, name, followers.catch_up, name)
            if now >= due["sweep"]:
                _wake(redis, queues.CHORES, boards.close_due_periods)
                due["sweep"] = now + SWEEP_SECONDS
            if now >= due["forget"]:
                _wake(redis, queues.CHORES, boards.forget_old_answers)
                due["forget"] = now + FORGET_SECONDS
            if woken:
                time.sleep(LEAST_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("the clock can't reach Redis", extra={"reason": str(error)})
            time.sleep(REST_SECONDS)


def _wake(redis: Redis, name: str, job: Callable[..., Any], *args: Any) -> None:
    queues.wake(queues.queue(name, redis), job, *args)
