"""One publisher at a time, and one unbroken chain of frames."""

from __future__ import annotations

import threading
import time

import pytest

from scoreboard.core.storage import rediskeys
from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Cursor
from scoreboard.stream.publishing import publisher
from tests.boards.calls import put, score
from tests.contract import client_of
from tests.stream.steps import Viewer, frame_ids, publish
from tests.support import wait_until


@pytest.fixture
def other(make_parts, sqlite_url, parts):
    """Another process of the same deployment."""
    return make_parts(sqlite_url, stream_tick_ms=0)


def frames_in_redis(redis):
    """All frames in Redis, decoded."""
    return [frames.decode(values["frame"]) for _, values in redis.xrange(rediskeys.frames())]


def test_the_first_frame_of_a_board_is_a_snapshot_and_the_next_a_delta(client, parts, redis):
    publish(parts)
    score(client, "main", ada=1)
    publish(parts)

    first, second = frames_in_redis(redis)

    assert (first["t"], first["why"], first["s"], first["p"]) == ("snapshot", "reset", 1, 0)
    assert (second["t"], second["s"], second["p"], second["tot"]) == ("delta", 2, 1, 1)


def test_a_board_that_did_not_change_is_not_published(client, parts, redis):
    score(client, "main", ada=1)
    publish(parts)
    publish(parts)

    assert len(frame_ids(redis)) == 1


def test_many_changes_between_two_turns_are_one_frame(client, parts, redis):
    publish(parts)
    for number in range(5):
        score(client, "main", **{f"p{number}": number})
    publish(parts)

    assert [len(frame.get("up", [])) for frame in frames_in_redis(redis)] == [0, 5]


def test_numbers_count_the_frames_of_all_boards_and_each_board_has_its_own_chain(client, parts, redis):
    put(client, "cup")
    publish(parts)
    for board in ("main", "cup", "main"):
        score(client, board, ada=1)
        publish(parts)

    chain = [(frame["b"], frame["p"], frame["s"]) for frame in frames_in_redis(redis)]

    assert chain == [("cup", 0, 1), ("main", 0, 2), ("main", 2, 3), ("cup", 1, 4), ("main", 3, 5)]
    assert frame_ids(redis) == [f"{parts.stream.publisher._head.epoch}-{s}" for s in range(1, 6)]


def test_a_board_whose_rules_changed_is_sent_whole(client, parts, redis):
    score(client, "main", ada=1, bob=2)
    publish(parts)
    put(client, "main", order="asc")
    parts.stream.publisher._scanned_at = float("-inf")
    publish(parts)

    first, second = frames_in_redis(redis)

    assert (second["t"], second["p"]) == ("snapshot", first["s"])
    assert Viewer().take([second]).rows() == [("ada", 1), ("bob", 2)]


def test_a_new_day_is_sent_whole(client, parts, redis, clock):
    put(client, "day", period="daily")
    score(client, "day", ada=1)
    publish(parts)
    clock.advance(days=1)
    parts.stream.publisher._scanned_at = float("-inf")
    publish(parts)

    *_, last = frames_in_redis(redis)

    assert (last["b"], last["t"], last["period"], last["top"]) == ("day", "snapshot", "2026-01-02", [])


def test_while_one_publishes_no_other_does(client, parts, other, redis, monkeypatch):
    publish(parts)
    monkeypatch.setattr(publisher, "RENEW_SECONDS", 0)  # so that the other does not wait for its turn
    score(client, "main", ada=1)

    publish(other)

    assert len(frame_ids(redis)) == 1
    assert not other.stream.publisher._leading


def test_a_publisher_that_stops_does_not_take_the_lease_again(parts, redis):
    publish(parts)

    parts.stream.publisher.loop.stop()
    parts.stream.publisher._renewed_at = float("-inf")

    assert not parts.stream.publisher._keep_lease()
    assert redis.get(rediskeys.lease()) is None


@pytest.mark.alone
def test_a_board_that_was_quiet_does_not_wait_for_one_that_is_busy(make_parts, sqlite_url, redis):
    parts = make_parts(sqlite_url, stream_tick_ms=5000)
    client = client_of(parts)
    put(client, "cup")
    parts.stream.publisher._read_at["main"] = time.monotonic()
    parts.stream.publisher._pending["main"] = None
    start = time.monotonic()
    publish(parts)
    score(client, "cup", ada=1)
    publish(parts)

    assert [frame["b"] for frame in frames_in_redis(redis)][-1] == "cup"
    assert time.monotonic() - start < 3


def test_a_board_whose_changes_nobody_sees_is_read_once_a_tick(make_parts, sqlite_url, redis):
    parts = make_parts(sqlite_url, stream_tick_ms=60_000)
    client = client_of(parts)
    put(client, "cup", size=1, operator="set")
    score(client, "cup", ada=10, bob=1)
    publish(parts)
    parts.stream.publisher._read_at.clear()

    score(client, "cup", bob=2)
    publish(parts)
    score(client, "cup", bob=3)
    publish(parts)

    assert "cup" in parts.stream.publisher._pending
    assert [frame["b"] for frame in frames_in_redis(redis)].count("cup") == 1


def test_a_board_that_changed_does_not_wait_for_those_that_are_only_scanned(client, parts, redis):
    for number in range(publisher.AT_ONCE):
        put(client, f"a{number}")
    score(client, "main", ada=1)

    publish(parts)

    assert frames_in_redis(redis)[0]["b"] == "main"
    assert len(frames_in_redis(redis)) == publisher.AT_ONCE


def test_a_publisher_that_lost_its_lease_cannot_commit(client, parts, other, redis):
    publish(parts)
    redis.delete(rediskeys.lease())
    publish(other)
    score(client, "main", ada=1)
    ids_before = frame_ids(redis)

    publish(parts)

    assert frame_ids(redis) == ids_before
    assert not parts.stream.publisher._leading


def test_a_publisher_that_holds_the_lease_but_not_the_head_cannot_commit(client, parts, redis):
    publish(parts)
    score(client, "main", ada=1)
    board = parts.stream.scopes.read("main", s=9)
    epoch = parts.stream.publisher._head.epoch

    for stale in (Cursor(epoch, 0), Cursor(epoch, 8), Cursor(epoch - 1, 1)):
        assert not parts.stream.publisher.store.commit(parts.stream.publisher.token, stale, "{}", board)

    assert len(frame_ids(redis)) == 1


def test_the_next_publisher_continues_the_chain_and_sends_no_snapshot(client, parts, other, redis):
    score(client, "main", ada=1)
    publish(parts)
    parts.stream.publisher.loop.stop()
    score(client, "main", bob=2)

    publish(other)

    first, second = frames_in_redis(redis)
    assert (second["t"], second["p"], second["s"]) == ("delta", first["s"], first["s"] + 1)
    assert Viewer().take([first, second]).rows() == [("bob", 2), ("ada", 1)]
    assert other.stream.publisher._head.epoch == parts.stream.publisher._head.epoch


def test_a_publisher_that_stops_releases_only_its_own_lease(parts, other, redis):
    publish(parts)
    parts.stream.publisher.loop.stop()
    assert redis.get(rediskeys.lease()) is None

    publish(other)
    parts.stream.publisher.loop.stop()

    assert redis.get(rediskeys.lease()) == other.stream.publisher.token


def test_an_emptied_redis_begins_a_new_epoch(client, parts, redis, clock):
    score(client, "main", ada=1)
    publish(parts)
    parts.stream.hub.warm()
    old_head = parts.stream.hub.head
    redis.flushall()
    clock.advance(seconds=1)
    score(client, "main", ada=1)

    publish(parts)  # is fenced: the lease is gone
    publish(parts)
    parts.stream.hub.read()

    assert parts.stream.hub.head.epoch > old_head.epoch
    resumed = parts.stream.hub.resume(["main"], str(old_head))
    assert [frames.decode(one.line)["why"] for one in resumed.frames] == ["epoch"]


def test_a_restarted_redis_begins_a_new_epoch_even_with_its_old_data(client, parts, other, redis):
    publish(parts)
    parts.stream.publisher.loop.stop()
    redis.hset(rediskeys.head(), "server", "the run id before")

    publish(other)

    assert other.stream.publisher._head.epoch > parts.stream.publisher._head.epoch


@pytest.mark.parametrize("lost_key", [rediskeys.head, rediskeys.shown])
def test_boards_that_redis_lost_are_published_again(client, parts, redis, clock, lost_key):
    score(client, "main", ada=1)
    publish(parts)
    old_head = parts.stream.publisher._head
    redis.delete(lost_key())
    clock.advance(seconds=1)

    parts.stream.publisher._renewed_at = float("-inf")  # as if a second later
    publish(parts)

    assert parts.stream.publisher._head.epoch > old_head.epoch
    assert redis.hlen(rediskeys.shown()) == len(parts.stream.publisher._boards) > 0
    assert Viewer().take(frames_in_redis(redis)).rows() == [("ada", 1)]


def test_scores_written_without_a_publisher_are_published_later(client, parts, redis):
    score(client, "main", ada=1)
    redis.delete(rediskeys.dirty())

    publish(parts)

    assert Viewer().take(frames_in_redis(redis)).rows() == [("ada", 1)]


def test_a_score_reaches_a_viewer_through_the_running_threads(client, parts):
    threads = [
        threading.Thread(target=work) for work in (parts.stream.publisher.loop.run, parts.stream.hub.loop.run)
    ]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: not parts.stream.hub.degraded)
        viewer = Viewer().take(client.get("/v1/poll").json["frames"])
        score(client, "main", ada=7)
        answer = client.get(f"/v1/poll?since={viewer.cursor}&wait=10")
        assert viewer.take(answer.json["frames"]).rows() == [("ada", 7)]
    finally:
        parts.stream.publisher.loop.stop()
        parts.stream.hub.loop.stop()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
