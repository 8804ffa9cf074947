"""The queues, one for each follower, and how jobs get into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from scoreboard.core.redis import keepalive

JOB_SECONDS = 3600  # building all boards of a large deployment takes a while
CHORES = "chores"


def connection(url: str) -> Redis:
    """RQ's own connection: it waits for jobs, so it must be allowed to wait."""
    return Redis.from_url(url, socket_connect_timeout=5, health_check_interval=30, **keepalive(url))


def queue(name: str, redis: Redis) -> Queue:
    """A queue by name. Jobs travel as JSON: a pickle could run code."""
    return Queue(
        f"scoreboard-{name}", connection=redis, serializer=JSONSerializer, default_timeout=JOB_SECONDS
    )


def wake(queue: Queue, job: Callable[..., Any], *args: Any) -> bool:
    """Enqueue a job unless one is waiting already. A lost job costs only the time to the next one."""
    if queue.count:
        return False
    # A fixed job id would block the queue for ever once a job is lost, so every job has a new one.
    queue.enqueue(job, *args, result_ttl=0, failure_ttl=7 * 86_400)
    return True


def work(name: str, redis: Redis) -> None:
    """Work on one queue until told to stop. Only with a single queue does RQ never lose a job."""
    worker = Worker(
        [queue(name, redis)], connection=redis, serializer=JSONSerializer, maintenance_interval=60
    )
    worker.work(logging_level="WARNING")
