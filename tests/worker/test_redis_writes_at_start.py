"""An attacker wrote to Redis before a worker starts: it starts, runs none of their code, and logs that."""

from __future__ import annotations

import json

import pytest

from tests.worker.conftest import OURS, QUEUE, TRAP, job_data


@pytest.fixture
def chores(make_chores, redis):
    """A worker that is yet to start, on an empty Redis."""
    chores = make_chores()
    yield chores
    chores.stop()


def test_an_abandoned_job_calls_nothing_back_when_a_worker_starts(chores):
    fields = {"failure_callback_name": TRAP, "failure_callback_timeout": "60", "status": "started"}
    id = chores.write(data=job_data(OURS), **fields)
    chores.redis.zadd("rq:wip:scoreboard-chores", {f"{id}:execution": 1})
    chores.redis.zadd("rq:wip:scoreboard-chores", {b"\xff\xfe": 1})

    chores.start()

    assert not chores.trap.exists()
    assert chores.redis.zcard("rq:wip:scoreboard-chores") == 0


def test_lists_with_any_content_prevent_no_worker_from_starting(chores):
    for key in ("rq:workers", "rq:workers:scoreboard-chores", "rq:groups", "rq:rl-keys"):
        chores.redis.sadd(key, b"\xff\xfe", "x")
    for kind in ("failed", "finished", "deferred", "ready", "scheduled", "canceled"):
        chores.redis.zadd(f"rq:{kind}:scoreboard-chores", {b"\xff\xfe": 1})
    chores.redis.rpush(f"{QUEUE}:intermediate", b"\xff\xfe", "x")

    chores.start()

    assert chores.redis.smembers("rq:workers:scoreboard-chores").isdisjoint({b"\xff\xfe", b"x"})


def test_workers_ignore_commands(chores):
    chores.start()
    (key,) = chores.redis.smembers("rq:workers:scoreboard-chores")

    receivers = chores.redis.publish(
        f"rq:pubsub:{key.decode().rpartition(':')[2]}", '{"command": "shutdown"}'
    )

    assert receivers == 0


def test_the_log_has_the_refused_job_cut_short(chores):
    chores.push(data=job_data("os." + "x" * 500))

    chores.start()

    (line,) = [json.loads(line) for line in chores.log.splitlines()]
    assert line["message"] == "a job was refused: only this worker's own calls are run"
    assert line["reason"].startswith("""'["os.xxx""")
    assert len(line["reason"]) < 150


def test_a_flood_of_refused_jobs_fills_no_log(chores):
    for _ in range(300):
        chores.push(data=job_data(TRAP))

    chores.start()

    assert 1 <= chores.log.count("a job was refused") < 20
    assert chores.redis.llen(QUEUE) == 0


def test_our_own_jobs_are_done_without_a_log_line(chores):
    chores.push(data=job_data(OURS))

    chores.start()

    assert chores.log == ""
