"""Queues, one for each follower and one for chores: how jobs get into them, and the workers on them."""

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
    """RQ's own connection, without a read timeout, since it waits for jobs."""
    return Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30, **keepalive(url))


def queue(name: str, redis: Redis) -> Queue:
    """A queue by name, to add jobs to. Jobs are JSON, which is compared, not parsed."""
    return PlainQueue(_full(name), connection=redis, serializer=JSONSerializer, default_timeout=JOB_SECONDS)


def wake(queue: Queue, job: Callable[..., Any], *args: Any) -> bool:
    """Enqueue a job unless one is waiting. A lost job only delays the work until the next one."""
    if queue.count:
        return False
    # Every job has a new id: a fixed one would block the queue forever once a job is lost.
    queue.enqueue(job, *args, result_ttl=0, failure_ttl=FAILED_SECONDS, ttl=FAILED_SECONDS)
    return True


def locks(names: Sequence[str]) -> QueueLocks:
    """Locks for processes that share these queues. Made before they are forked."""
    return QueueLocks([_full(name) for name in names])


def work(worker: KnownWorker) -> None:
    """Work until told to stop, on one queue after the other, so that a busy one does not starve the rest."""
    worker.work(logging_level="WARNING", dequeue_strategy=DequeueStrategy.ROUND_ROBIN)


def worker(
    calls: Mapping[str, Sequence[Call]],
    redis: Redis,
    locks: QueueLocks,
    kind: type[KnownWorker] = KnownWorker,
) -> KnownWorker:
    """A worker on the queues of these names, which makes the given calls of each queue and no others."""
    found = [KnownQueue(_full(name), redis, mine, locks) for name, mine in calls.items()]
    return kind(
        found, connection=redis, serializer=JSONSerializer, job_class=KnownJob, maintenance_interval=60
    )


def _full(name: str) -> str:
    return f"scoreboard-{name}"
