"""The clock: enqueues a job for each follower after commits and every ten seconds, and chores when due."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from scoreboard.core.storage import rediskeys
from worker import queues
from worker.jobs import accounts, actions, boards, followers, moderation
from worker.known import Call

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10.0  # between wake-ups of all followers: the longest delay after a lost wake-up
CARRY_OUT_SECONDS = 2.0
FORGET_SECONDS = 3600.0
CHORES = {
    boards.close_due_periods: SWEEP_SECONDS,
    moderation.carry_out: CARRY_OUT_SECONDS,
    boards.forget_old_answers: FORGET_SECONDS,
    accounts.forget_old_sessions: FORGET_SECONDS,
    accounts.purge_guests: FORGET_SECONDS,
    actions.forget_old_refusals: FORGET_SECONDS,
}
REST_SECONDS = 1.0  # after a failure of Redis
MIN_SECONDS = 1.0  # between two wake-ups of a busy journal: each job is a process of its own


def calls(queue: str) -> list[Call]:
    """All calls that the clock puts into a queue. Its worker refuses all others."""
    if queue == queues.CHORES:
        return [Call(chore) for chore in CHORES]
    return [Call(followers.catch_up, (queue,))]


def run(redis: Redis, boards_redis: Redis, names: Sequence[str], stopping: Callable[[], bool]) -> None:
    """Wake the followers named `names`, and enqueue due chores, until `stopping`. Survives failures of Redis.

    `redis` is RQ's Redis. In `boards_redis` web processes push to a list after each commit.
    """
    sweep, due = 0.0, dict.fromkeys(CHORES, 0.0)
    while not stopping():
        try:
            woken = boards_redis.blpop([rediskeys.wake()], timeout=1)
            now = time.monotonic()
            if woken or now >= sweep:
                for name in names:
                    _wake(redis, name, followers.catch_up, name)
                sweep = now + SWEEP_SECONDS
            for chore, seconds in CHORES.items():
                # The queue holds one job: chores that find another one waiting are enqueued in the next turn.
                if now >= due[chore] and _wake(redis, queues.CHORES, chore):
                    due[chore] = now + seconds
            if woken:
                time.sleep(MIN_SECONDS)
        except (RedisError, OSError) as error:
            log.warning(
                "the clock can't reach Redis, and tries again in a second", extra={"reason": str(error)}
            )
            time.sleep(REST_SECONDS)


def _wake(redis: Redis, name: str, job: Callable[..., Any], *args: Any) -> bool:
    return queues.wake(queues.queue(name, redis), job, *args)
