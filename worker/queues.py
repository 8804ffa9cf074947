"""The queues, one for each follower: adding jobs, and working on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from scoreboard.core.storage.redis import keepalive
from worker.known import FAILED_SECONDS, JOB_SECONDS, Call, jobs_of
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


def work(name: str, redis: Redis, calls: Sequence[Call]) -> None:
    """Work on one queue until told to stop, and make no other calls than these."""
    worker(name, redis, calls).work(logging_level="WARNING")


def worker(
    name: str, redis: Redis, calls: Sequence[Call], kind: type[KnownWorker] = KnownWorker
) -> KnownWorker:
    """A worker on a queue that makes these calls."""
    jobs = jobs_of(calls)
    queue = KnownQueue(_full(name), connection=redis, serializer=JSONSerializer, job_class=jobs)
    return kind([queue], connection=redis, serializer=JSONSerializer, job_class=jobs, maintenance_interval=60)


def _full(name: str) -> str:
    return f"scoreboard-{name}"
