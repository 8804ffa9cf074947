"""Jobs that an attacker writes into Redis are not run by the worker."""

from __future__ import annotations

import secrets
import zlib

import pytest
from redis import Redis
from rq.serializers import JSONSerializer

from tests.support import wait_until

QUEUES = ("boards", "audit", "chores")


@pytest.fixture
def redis(server):
    """The product's private Redis."""
    client = Redis(unix_socket_path=server.redis_socket)
    yield client
    client.close()


def test_a_job_that_names_a_function_is_dropped_and_the_worker_continues(server, redis, tmp_path):
    for queue in QUEUES:
        push(redis, queue, "os.mkdir", str(tmp_path / queue))
    entry = {"player": "ada", "score": 1}
    assert server.call("POST", "/v1/boards/main/scores", {"entries": [entry]}).status == 200

    wait_until(lambda: not any(redis.llen(key(queue)) for queue in QUEUES), seconds=30, why=server.log)
    wait_until(lambda: behind(server) == 0, seconds=30, why=server.log)
    assert list(tmp_path.iterdir()) == []
    assert "os.mkdir" in (server.data_dir / "serve.log").read_text()


def push(redis: Redis, queue: str, name: str, *args: str) -> None:
    """Enqueue a job that calls a function by its name, as RQ writes it."""
    id, data = secrets.token_hex(16), zlib.compress(JSONSerializer.dumps([name, None, args, {}]))
    fields = {"data": data, "origin": f"scoreboard-{queue}", "status": "queued", "timeout": "60"}
    redis.hset(f"rq:job:{id}", mapping=fields)
    redis.rpush(key(queue), id)


def key(queue: str) -> str:
    return f"rq:queue:scoreboard-{queue}"


def behind(server) -> int | None:
    """The number of facts that the audit log is behind."""
    return server.call("GET", "/readyz").json["checks"]["follower:audit"]["behind"]
