"""RQ's worker and queue, without the features by which data in Redis decides which code runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue, Worker
from rq.exceptions import DequeueTimeout
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import as_text, now
from rq.worker_registration import REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY

from worker.known import ID, JOB_SECONDS, Call, KnownJob, Refused, excerpt, jobs_of
from worker.locks import QueueLocks

log = logging.getLogger(__name__)

OLDEST_SERVER = (6, 2, 0)  # the oldest version of Redis that is supported
REFUSALS_SECONDS = 1.0  # between two log lines about refused jobs
BUSY_SECONDS = 1  # after which a queue that another process was working on is tried again


class Refusals:
    """Logs refused jobs, at most one line a second, so that a flood of them does not fill the log."""

    def __init__(self) -> None:
        self._due, self._unlogged = 0.0, 0

    def add(self, reason: str) -> None:
        """Count a refused job, and log it if a line is due."""
        self._unlogged += 1
        if time.monotonic() < self._due:
            return
        fields = {"reason": reason, "jobs": self._unlogged}
        log.warning("a job was refused: only this worker's own calls are run", extra=fields)
        self._due, self._unlogged = time.monotonic() + REFUSALS_SECONDS, 0


class PlainQueue(Queue):
    """A queue that does not read the server's version, because not every Redis user may."""

    def get_redis_server_version(self) -> tuple[int, int, int]:
        """The oldest supported version: it has every command that is used here."""
        return OLDEST_SERVER


class KnownQueue(PlainQueue):
    """A queue of known jobs, on which one process works at a time. Unknown jobs are dropped."""

    refusals = Refusals()

    def __init__(self, name: str, redis: Redis, calls: Sequence[Call], locks: QueueLocks) -> None:
        super().__init__(name, connection=redis, serializer=JSONSerializer, job_class=jobs_of(calls))
        self._locks = locks
        self._busy_until = 0.0

    @property
    def busy(self) -> bool:
        """True if another process was working on this queue a moment ago."""
        return time.monotonic() < self._busy_until

    def lock(self) -> bool:
        """Lock the queue for this process. False if another process works on it."""
        if self._locks.acquire(self.name):
            return True
        self._busy_until = time.monotonic() + BUSY_SECONDS
        return False

    def unlock(self) -> None:
        """Let other processes work on this queue."""
        self._locks.release(self.name)

    @classmethod
    def dequeue_any(
        cls, queues: Iterable[Queue], timeout: int | None, connection: Redis, **_: Any
    ) -> tuple[Job, Queue] | None:
        """The next known job. Its queue is locked until the job ends. Raises DequeueTimeout.

        RQ's intermediate list of jobs is not used: the work of a lost job is done by a later one.
        """
        by_key = {queue.key: queue for queue in queues if isinstance(queue, KnownQueue)}
        while popped := cls._pop(by_key, timeout, connection):
            queue, id = popped
            if not queue.lock():
                connection.lpush(queue.key, id)  # the process that works on this queue takes it next
                continue
            try:
                return _fetch(id, queue), queue
            except Refused as error:
                queue.unlock()
                cls.refusals.add(str(error))
        return None

    @classmethod
    def _pop(
        cls, by_key: dict[str, KnownQueue], timeout: int | None, connection: Redis
    ) -> tuple[KnownQueue, bytes] | None:
        free = [key for key, queue in by_key.items() if not queue.busy]
        if len(free) < len(by_key) and timeout is not None:
            timeout = min(timeout, BUSY_SECONDS)
        if not free:
            time.sleep(BUSY_SECONDS)
            raise DequeueTimeout(timeout, list(by_key))
        popped = cls.lpop(free, timeout, connection=connection)
        return popped and (by_key[as_text(popped[0])], popped[1])

    def move_dependents_to_ready(self, *_: Any, **__: Any) -> dict[str, list[str]]:
        """Do nothing: jobs of this worker have no dependents."""
        return {}


def _fetch(id: bytes, queue: Queue) -> Job:
    if not ID.fullmatch(id):
        raise Refused(f"invalid job id {excerpt(id)}")
    job = queue.job_class(id.decode(), connection=queue.connection, serializer=queue.serializer)
    try:
        job.refresh()
    except Refused:
        queue.connection.unlink(job.key)
        raise
    job.origin = queue.name
    return job


class KnownWorker(Worker):
    """Works on queues of known jobs. It ignores commands, and RQ's lists of other jobs, in Redis."""

    queue_class = KnownQueue
    job_class = KnownJob

    def get_redis_server_version(self) -> tuple[int, int, int]:
        """The oldest supported version, as of the queues."""
        return OLDEST_SERVER

    def subscribe(self) -> None:
        """Ignore commands: they could end this process and its jobs."""

    def check_for_suspension(self, burst: bool) -> None:
        """Do nothing: this worker can't be suspended from Redis."""

    def prepare_job_execution(self, job: Job, remove_from_intermediate_queue: bool = False) -> None:
        """Mark the job as started. It expires even if this process dies."""
        super().prepare_job_execution(job)
        self.connection.expire(job.key, 2 * JOB_SECONDS)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run a job in a child process, then unlock its queue, also if the job failed."""
        try:
            super().execute_job(job, queue)
        finally:
            if isinstance(queue, KnownQueue):
                queue.unlock()

    def run_maintenance_tasks(self) -> None:
        """Delete finished jobs and ended workers from RQ's lists."""
        try:
            for queue in self.queues:
                for registry in (queue.started_job_registry, queue.failed_job_registry):
                    self.connection.zremrangebyscore(registry.key, 0, time.time())
            for workers in (REDIS_WORKER_KEYS, *(WORKERS_BY_QUEUE_KEY % queue.name for queue in self.queues)):
                self._forget_gone(workers)
        except ResponseError as error:
            log.warning("a key under rq: has a wrong type: delete it", extra={"reason": str(error)})
        self.last_cleaned_at = now()

    def _forget_gone(self, workers: str) -> None:
        for key in self.connection.sscan_iter(workers):
            if not self.connection.exists(key):
                self.connection.srem(workers, key)
