"""The job queues, one for each follower and one for chores: adding jobs to them, and working on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy

from scoreboard.core.storage.redis import keepalive
from worker.known import FAILED_SECONDS, JOB_SECONDS, Call, KnownJob
from worker.locks import QueueLocks
from worker.working import KnownQueue, KnownWorker, PlainQueue

CHORES = "chores"


def connection(url: str) -> Redis:
    """Connect to RQ's Redis. There is no read timeout, because RQ waits for jobs without a limit."""
    return Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30, **keepalive(url))


def queue(name: str, redis: Redis) -> Queue:
    """A queue to add jobs to. Jobs are JSON, which the worker compares with its calls and never parses."""
    return PlainQueue(
        _full_name(name), connection=redis, serializer=JSONSerializer, default_timeout=JOB_SECONDS
    )


def wake(queue: Queue, job: Callable[..., Any], *args: Any) -> bool:
    """Enqueue a job, unless one is waiting. Returns True if it did.

    The work of a lost job is done by the next one, only later.
    """
    if queue.count:
        return False
    # Every job has a new id. With a fixed id, a job that was lost would block the queue forever.
    queue.enqueue(job, *args, result_ttl=0, failure_ttl=FAILED_SECONDS, ttl=FAILED_SECONDS)
    return True


def locks(names: Sequence[str]) -> QueueLocks:
    """The locks of these queues. Make them before forking the processes that share the queues."""
    return QueueLocks([_full_name(name) for name in names])


def work(worker: KnownWorker) -> None:
    """Work until stopped. Takes jobs from the queues in turn, so that a busy one starves no other."""
    worker.work(logging_level="WARNING", dequeue_strategy=DequeueStrategy.ROUND_ROBIN)


def worker(
    calls: Mapping[str, Sequence[Call]],
    redis: Redis,
    locks: QueueLocks,
    kind: type[KnownWorker] = KnownWorker,
) -> KnownWorker:
    """A worker on these queues. `calls` has the calls that each queue allows as jobs."""
    queues = [KnownQueue(_full_name(name), redis, allowed, locks) for name, allowed in calls.items()]
    return kind(
        queues, connection=redis, serializer=JSONSerializer, job_class=KnownJob, maintenance_interval=60
    )


def _full_name(name: str) -> str:
    return f"scoreboard-{name}"
