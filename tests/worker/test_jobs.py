"""Jobs: woken once, run by RQ, in processes without gevent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from scoreboard.core.storage import rediskeys
from tests.boards.calls import list_entries, put, score
from tests.support import ROOT
from worker import clock as ticking
from worker import context, queues
from worker.jobs import accounts, boards, followers
from worker.working import KnownWorker

pytestmark = pytest.mark.one_database


class InProcessWorker(KnownWorker):
    """The product's worker, without forks, and without the alarm that pytest uses."""

    death_penalty_class = TimerDeathPenalty
    execute_job = SimpleWorker.execute_job


@pytest.fixture
def rq_redis(redis, redis_server):
    """RQ's connection to an empty Redis."""
    client = Redis.from_url(redis_server)
    yield client
    client.close()


@pytest.fixture
def work(parts, rq_redis, redis_server, tmp_path, monkeypatch):
    """Work on a queue until it is empty, as a worker with these settings does."""
    monkeypatch.setenv("DATABASE_URL", parts.base.database.url)
    monkeypatch.setenv("AUDIT_DATABASE_URL", parts.base.audit_database.url)
    monkeypatch.setenv("REDIS_URL", redis_server)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    context.settings.cache_clear()
    context.parts.cache_clear()
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def run(name):
        worker = queues.worker({name: ticking.calls(name)}, rq_redis, queues.locks([name]), InProcessWorker)
        worker.work(burst=True, logging_level="ERROR")

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)
    context.parts().close()
    context.parts.cache_clear()
    context.settings.cache_clear()


def test_no_module_of_the_worker_imports_gevent():
    modules = sorted(
        str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for path in (ROOT / "worker").rglob("*.py")
    )
    text = f"import sys, {', '.join(modules)}\nprint([name for name in sys.modules if 'gevent' in name])"

    # `make coverage` would import gevent itself.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-c", text]
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert {"worker.__main__", "worker.clock", "worker.jobs.followers"} <= set(modules)
    assert found.stdout == "[]\n"


def test_a_queue_holds_at_most_one_waiting_job(rq_redis):
    queue = queues.queue("boards", rq_redis)

    results = [queues.wake(queue, followers.catch_up, "boards") for _ in range(3)]

    assert results == [True, False, False]
    assert queue.count == 1


def test_a_job_travels_as_json(rq_redis):
    queue = queues.queue("boards", rq_redis)
    queues.wake(queue, followers.catch_up, "boards")

    (job,) = queue.jobs

    assert JSONSerializer.loads(job.serializer.dumps(["boards"])) == ["boards"]
    assert (job.func_name, list(job.args)) == ("worker.jobs.followers.catch_up", ["boards"])


def test_a_job_brings_a_follower_up(client, parts, rq_redis, work):
    score(client, "main", ada=1, bob=2)
    queues.wake(queues.queue("audit", rq_redis), followers.catch_up, "audit")

    work("audit")

    assert queues.queue("audit", rq_redis).failed_job_registry.count == 0
    assert parts.followers.lag("audit") == 0
    assert queues.queue("audit", rq_redis).count == 0


def test_a_job_builds_the_boards_of_an_emptied_redis(client, parts, rq_redis, work):
    score(client, "main", ada=1, bob=2)
    rq_redis.flushall()
    queues.wake(queues.queue("boards", rq_redis), followers.catch_up, "boards")

    work("boards")

    assert parts.boards.follower.applied_facts().position == parts.journal.head()
    assert parts.boards.verifier.run() == []
    assert [row["score"] for row in list_entries(client, "main")["entries"]] == [2, 1]


def test_a_job_purges_guests_that_never_scored(parts, rq_redis, work):
    parts.accounts.players.guest(name=None, region=None, context={})
    queues.wake(queues.queue(queues.CHORES, rq_redis), accounts.purge_guests)

    work(queues.CHORES)  # its clock is the real one: that guest came long ago

    assert queues.queue(queues.CHORES, rq_redis).failed_job_registry.count == 0
    assert [line.fact.kind for line in parts.journal.after(parts.journal.start, 100)][-1] == "guests-purged"


def test_a_job_closes_periods_that_are_over(client, parts, rq_redis, work):
    put(client, "day", period="daily")
    score(client, "day", ada=1)
    queues.wake(queues.queue(queues.CHORES, rq_redis), boards.close_due_periods)

    work(queues.CHORES)  # its clock is the real one: that day is long over

    assert parts.boards.windows.open() == []
    assert len(list_entries(client, "day", period="2026-01-01")["entries"]) == 1


def test_the_clock_wakes_every_follower_and_the_chores(redis, rq_redis, redis_server):
    redis.lpush(rediskeys.wake(), 1)
    turns = iter([False, True])

    ticking.run(rq_redis, redis, ["boards", "audit"], lambda: next(turns))

    assert {name: queues.queue(name, rq_redis).count for name in ("boards", "audit", queues.CHORES)} == {
        "boards": 1,
        "audit": 1,
        queues.CHORES: 1,
    }
    assert redis.llen(rediskeys.wake()) == 0


def test_chores_that_are_due_together_are_all_done(redis, rq_redis):
    queue, names = queues.queue(queues.CHORES, rq_redis), []
    chores = {f"{chore.__module__}.{chore.__name__}" for chore in ticking.CHORES}

    def stopping():
        names.extend(job.func_name for job in queue.jobs)
        queue.empty()
        return set(names) >= chores

    ticking.run(rq_redis, redis, [], stopping)

    assert set(names) == chores
