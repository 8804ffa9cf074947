"""RQ's worker and queue, without the features by which data in Redis decides what they do."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue, Worker
from rq.job import Job
from rq.utils import now
from rq.worker_registration import REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY

from worker.known import ID, JOB_SECONDS, KnownJob, Refused, shown

log = logging.getLogger(__name__)

OLDEST = (6, 2, 0)  # server that is supported
REFUSALS_SECONDS = 1.0  # between two log lines about refused jobs


class Refusals:
    """Logs refused jobs, once a second: many of them must not fill the log."""

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
    """A queue that never asks for the server's version, which not every Redis user may read."""

    def get_redis_server_version(self) -> tuple[int, int, int]:
        """A version that has every command used here."""
        return OLDEST


class KnownQueue(PlainQueue):
    """A queue of known jobs. Others are dropped; no job starts another one."""

    refusals = Refusals()

    @classmethod
    def dequeue_any(
        cls, queues: Iterable[Queue], timeout: int | None, connection: Redis, **_: Any
    ) -> tuple[Job, Queue] | None:
        """The next known job. RQ's list of jobs in transfer is not used: a lost job is added again."""
        (queue,) = queues
        while found := cls.lpop([queue.key], timeout, connection=connection):
            try:
                return _fetched(found[1], queue), queue
            except Refused as refused:
                cls.refusals.add(str(refused))
        return None

    def move_dependents_to_ready(self, *_: Any, **__: Any) -> dict[str, list[str]]:
        """None: our jobs have no dependents."""
        return {}


def _fetched(id: bytes, queue: Queue) -> Job:
    if not ID.fullmatch(id):
        raise Refused(f"invalid job id {shown(id)}")
    job = queue.job_class(id.decode(), connection=queue.connection, serializer=queue.serializer)
    try:
        job.refresh()
    except Refused:
        queue.connection.unlink(job.key)
        raise
    job.origin = queue.name
    return job


class KnownWorker(Worker):
    """Works on one queue of known jobs. Ignores commands and other lists of jobs in Redis."""

    queue_class = KnownQueue
    job_class = KnownJob

    def get_redis_server_version(self) -> tuple[int, int, int]:
        """The same as its queue's."""
        return OLDEST

    def subscribe(self) -> None:
        """Ignore commands: they could end this process and its jobs."""

    def check_for_suspension(self, burst: bool) -> None:
        """Never suspended."""

    def prepare_job_execution(self, job: Job, remove_from_intermediate_queue: bool = False) -> None:
        """Mark the job as started. It expires even if this process dies."""
        super().prepare_job_execution(job)
        self.connection.expire(job.key, 2 * JOB_SECONDS)

    def run_maintenance_tasks(self) -> None:
        """Delete finished jobs and ended workers from RQ's lists."""
        try:
            for registry in (self.queues[0].started_job_registry, self.queues[0].failed_job_registry):
                self.connection.zremrangebyscore(registry.key, 0, time.time())
            for workers in (REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY % self.queues[0].name):
                self._forget_gone(workers)
        except ResponseError as error:
            log.warning("a key under rq: has a wrong type: delete it", extra={"reason": str(error)})
        self.last_cleaned_at = now()

    def _forget_gone(self, workers: str) -> None:
        for key in self.connection.sscan_iter(workers):
            if not self.connection.exists(key):
                self.connection.srem(workers, key)
