"""A Redis that fails delays one request, for a moment."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import ResponseError

from scoreboard.core.storage.redis import (
    HOT_SECONDS,
    REST_SECONDS,
    Breaker,
    RedisAway,
    Scripts,
    SharedReads,
    connect,
)


class Moments:
    """A monotonic clock that is moved by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def fail():
    raise NoConnection("no server there")


@pytest.fixture
def stalled_url():
    """The URL of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_working_redis_is_asked_every_time():
    breaker = Breaker(Moments())

    assert [breaker.call(lambda: "pong") for _ in range(3)] == ["pong"] * 3
    assert not breaker.open


def test_after_a_failure_redis_is_left_alone_for_a_while():
    moments = Moments()
    breaker = Breaker(moments)
    with pytest.raises(RedisAway):
        breaker.call(fail)
    calls = []

    with pytest.raises(RedisAway):
        breaker.call(lambda: calls.append(True))

    assert breaker.open
    assert calls == []


def test_after_its_rest_redis_is_asked_again():
    moments = Moments()
    breaker = Breaker(moments)
    with pytest.raises(RedisAway):
        breaker.call(fail)

    moments.now += REST_SECONDS

    assert breaker.call(lambda: "pong") == "pong"
    assert not breaker.open


def test_a_redis_that_keeps_failing_is_asked_less_and_less_often():
    moments = Moments()
    breaker = Breaker(moments)
    rests = []
    for _ in range(4):
        with pytest.raises(RedisAway):
            breaker.call(fail)
        breaker.rest()  # others failed at the same time
        began = moments.now
        while breaker.open:
            moments.now += 0.25
        rests.append(moments.now - began)
    breaker.call(lambda: "pong")
    with pytest.raises(RedisAway):
        breaker.call(fail)
    moments.now += REST_SECONDS

    assert rests == [0.5, 1, 2, 2]
    assert not breaker.open


def test_a_defect_of_the_caller_is_not_taken_for_a_failure_of_redis():
    breaker = Breaker(Moments())

    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: 1 / 0)

    assert not breaker.open


@pytest.mark.alone
def test_a_stalled_redis_is_given_up_quickly_and_then_not_asked(stalled_url):
    breaker = Breaker()
    redis = connect(stalled_url, breaker)
    started = time.monotonic()
    with pytest.raises(RedisAway):
        breaker.call(redis.ping)
    first = time.monotonic() - started

    started = time.monotonic()
    with pytest.raises(RedisAway):
        breaker.call(redis.ping)
    second = time.monotonic() - started

    assert HOT_SECONDS <= first < 2 * HOT_SECONDS + 0.1
    assert second < 0.05
    redis.close()


@pytest.mark.alone
def test_a_refused_connection_is_not_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    redis = connect(f"redis://127.0.0.1:{port}/0", Breaker())
    started = time.monotonic()

    with pytest.raises(RedisAway):
        Breaker().call(redis.ping)

    assert time.monotonic() - started < HOT_SECONDS


def test_a_redis_that_forgot_the_scripts_gets_them_again(redis, redis_server):
    client = connect(redis_server, Breaker())
    scripts = Scripts(client, "scoreboard.stream.publishing")
    redis.script_flush()

    assert scripts.call("renew_lease", ["lease"], ["me", 1000]) == 1
    assert redis.get("lease") == "me"
    client.close()


def test_an_error_inside_a_script_counts_as_a_failing_redis(redis, redis_server):
    client = connect(redis_server, Breaker())
    redis.set("lease", "me")
    with pytest.raises(RedisAway) as away:
        Breaker().call(lambda: client.hget("lease", "field"))

    assert isinstance(away.value.__cause__, ResponseError)
    client.close()


@pytest.fixture
def reads(redis_server):
    breaker = Breaker()
    client = connect(redis_server, breaker)
    yield SharedReads(Scripts(client, "scoreboard.stream.publishing"), breaker)
    client.close()


def test_many_readers_at_once_get_their_own_answers_over_one_connection(redis, reads):
    redis.mset({f"key {number}": number for number in range(200)})
    others = redis.info("clients")["connected_clients"]

    with ThreadPoolExecutor(16) as pool:
        found = pool.map(lambda number: reads.ask(lambda pipeline: pipeline.get(f"key {number}")), range(200))

    assert list(found) == [str(number) for number in range(200)]
    assert redis.info("clients")["connected_clients"] == others + 1


def test_a_shared_read_that_fails_counts_as_a_failing_redis(redis, reads):
    redis.set("text", "me")

    with pytest.raises(RedisAway):
        reads.ask(lambda pipeline: pipeline.hget("text", "field"))
    with pytest.raises(RedisAway, match="not asked"):
        reads.ask(lambda pipeline: pipeline.get("text"))
