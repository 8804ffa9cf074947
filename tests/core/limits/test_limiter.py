"""Limits while Redis is away, stalled, or refuses writes: no call fails, and hardly any waits."""

from __future__ import annotations

import logging
import os
import signal
import time

import pytest
from redis import Redis

from scoreboard.commands.redis_server import PrivateRedis
from scoreboard.core.limits import limiter
from scoreboard.core.storage.redis import HOT_SECONDS
from tests.support import wait_until


@pytest.fixture
def server(tmp_path):
    """A Redis of this test's own, which it may break."""
    server = PrivateRedis(tmp_path)
    server.start()
    yield server
    os.kill(server._process.pid, signal.SIGCONT)
    server.stop()


def fill(server):
    with Redis.from_url(server.url) as redis:
        redis.config_set("maxmemory", 1)


def make_room(server):
    with Redis.from_url(server.url) as redis:
        redis.config_set("maxmemory", 0)


def make_read_only(server):
    with Redis.from_url(server.url) as redis:
        redis.replicaof("127.0.0.1", "1")


def make_writable(server):
    with Redis.from_url(server.url) as redis:
        redis.replicaof("NO", "ONE")


def stall(server):
    os.kill(server._process.pid, signal.SIGSTOP)


def resume(server):
    os.kill(server._process.pid, signal.SIGCONT)


def kill(server):
    server._process.kill()
    server._process.wait()


def mend_kill(server):
    """Do nothing: it is restarted automatically."""


FAULTS = {
    "full": (fill, make_room),
    "read-only": (make_read_only, make_writable),
    "stalled": (stall, resume),
    "killed": (kill, mend_kill),
}


def measure(client):
    started = time.monotonic()
    answer = client.post("/v1/guest")
    return answer.status_code, time.monotonic() - started


@pytest.mark.parametrize(("break_redis", "mend"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.alone
def test_limits_continue_in_memory_with_a_share_and_return_to_redis(process, server, break_redis, mend):
    client = process(limit_guest="6/minute", web_concurrency=2, redis_url=server.url)
    assert client.post("/v1/guest").headers["RateLimit"].startswith('"guest";r=5;')
    break_redis(server)

    found = [measure(client) for _ in range(5)]

    assert [status for status, _ in found] == [200, 200, 200, 429, 429]
    assert found[0][1] < HOT_SECONDS + 0.25
    assert sum(seconds for _, seconds in found) < 4 * HOT_SECONDS
    mend(server)
    wait_until(lambda: '"guest";q=6;w=60' in client.post("/v1/guest").headers["RateLimit-Policy"])


def test_a_redis_that_refuses_to_count_is_still_read(process, server):
    client = process(redis_url=server.url)
    parts = client.application.extensions["parts"]
    fill(server)

    assert client.post("/v1/guest").status_code == 200

    check = parts.health.report()[1]["redis"]
    assert (check["state"], check["reason"]) == ("away", "full")
    assert not parts.health.breaker.open
    assert client.get("/v1/boards/main/entries").status_code == 200


def test_failures_are_counted_in_memory_while_redis_refuses(process, server):
    client = process(limit_sign_in="2/minute", redis_url=server.url)
    breaker = client.application.extensions["parts"].base.limits._refusing
    fill(server)
    for _ in range(2):
        client.post("/v1/sign-in/eve")
        wait_until(lambda: not breaker.open)  # so that Redis is asked again each time

    assert client.post("/v1/sign-in/eve").status_code == 429


def test_a_share_is_at_least_one(process):
    client = process(limit_guest="2/minute", web_concurrency=8, redis_url="redis://127.0.0.1:1/0")

    assert [client.post("/v1/guest").status_code for _ in range(2)] == [200, 429]


def test_losing_and_finding_redis_is_logged_once_each(process, server, caplog):
    caplog.set_level(logging.INFO)
    client = process(redis_url=server.url)
    fill(server)
    for _ in range(3):
        client.post("/v1/guest")
    make_room(server)
    wait_until(lambda: '"guest";r=599;' in client.post("/v1/guest").headers["RateLimit"])

    assert [record.getMessage() for record in caplog.records if record.name == limiter.__name__] == [
        "rate limits are counted by this process alone",
        "rate limits are counted in Redis again",
    ]
