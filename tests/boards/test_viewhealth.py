"""Redis is believed exactly while it has every fact that was acknowledged."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from scoreboard.boards.order import Order
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.viewhealth import CHECK_SECONDS, NOTICED_SECONDS, STUCK_SECONDS
from scoreboard.core.storage import rediskeys
from scoreboard.journal.types import Span
from tests.boards.calls import list_entries, put, score, submit
from tests.contract import client_of
from tests.support import wait_until

NOTHING = Span(shard=0, first=1, last=0, before=0, mark="")


@pytest.fixture
def two_processes(make_parts, sqlite_url):
    """The parts of two processes, which both believe Redis."""
    pair = make_parts(sqlite_url), make_parts(sqlite_url)
    pair[0].followers.catch_up("boards")
    assert [health(parts).is_current() for parts in pair] == [True, True]
    return pair


def health(parts):
    return parts.boards.projector.health


@pytest.fixture
def room(redis):
    """Sets the number of bytes that Redis has room for. At the end it is unlimited again."""
    yield lambda bytes: redis.config_set("maxmemory", bytes)
    redis.config_set("maxmemory", 0)


def position(redis: Redis) -> int:
    return int(redis.hget(rediskeys.applied(0), "position"))


def test_a_deleted_board_is_gone_at_once_and_redis_lacks_nothing(two_processes, redis):
    one, other = map(client_of, two_processes)
    put(one, "short")
    score(one, "short", ana=1)
    assert redis.keys("sb:{short/*")

    assert one.delete("/v1/admin/boards/short").status_code == 204

    assert not redis.keys("sb:{short/*")
    assert position(redis) == two_processes[0].journal.head().seq
    put(other, "short")
    assert list_entries(other, "short")["entries"] == []
    assert [health(parts).is_current() for parts in two_processes] == [True, True]


def test_a_board_is_read_in_its_new_order_at_once_and_redis_lacks_nothing(two_processes, redis):
    one, other = map(client_of, two_processes)
    put(one, "turned", operator="best")
    score(one, "turned", ana=1, bob=2)
    put(one, "turned", operator="best", order="asc")

    rows = [row["player"]["id"] for row in list_entries(other, "turned")["entries"]]

    assert rows == ["ana", "bob"]
    assert position(redis) == two_processes[0].journal.head().seq
    assert "degraded" not in submit(other, "main", {"player": "ana", "score": 3})


def test_the_follower_is_woken_for_a_new_order(two_processes, redis):
    one = client_of(two_processes[0])
    put(one, "turned", operator="best")
    score(one, "turned", ana=1)
    redis.delete(rediskeys.wake())

    put(one, "turned", operator="best", order="asc")

    assert redis.llen(rediskeys.wake()) == 1


def test_no_process_reads_from_redis_while_another_could_not_show_a_batch(two_processes, room):
    one, other = map(client_of, two_processes)
    score(one, "main", ana=5)
    room(1)
    began = time.monotonic()

    report = submit(one, "main", {"player": "ana", "score": 7})

    # The other one can still read Redis, which shows 5.
    assert time.monotonic() - began >= NOTICED_SECONDS
    assert report["degraded"]
    assert [row["score"] for row in list_entries(other, "main")["entries"]] == [12]
    assert not health(two_processes[1]).is_current()


def test_a_board_that_was_deleted_while_redis_takes_nothing_is_gone_everywhere(two_processes, room):
    one, other = map(client_of, two_processes)
    put(one, "short")
    assert other.get("/v1/boards/short").status_code == 200
    room(1)
    began = time.monotonic()

    assert one.delete("/v1/admin/boards/short").status_code == 204

    assert time.monotonic() - began >= NOTICED_SECONDS
    # The other one can still read Redis, which does not have the new definitions.
    assert other.get("/v1/boards/short").status_code == 404


def test_once_redis_has_caught_up_it_is_believed_again(two_processes, room):
    one, other = map(client_of, two_processes)
    room(1)
    submit(one, "main", {"player": "ana", "score": 7})
    room(0)

    two_processes[0].followers.catch_up("boards")

    wait_until(lambda: all(health(parts).is_current() for parts in two_processes), seconds=5)
    assert "degraded" not in submit(other, "main", {"player": "ana", "score": 1})


class ManualClock:
    """A clock that tests move, and that each pause moves."""

    def __init__(self, mine, while_paused=lambda: None):
        self.now, self.while_paused = time.monotonic() + 10, while_paused
        mine.monotonic, mine.pause = lambda: self.now, self.pause

    def pause(self, seconds):
        self.now += seconds
        self.while_paused()


def test_a_redis_that_is_late_for_a_moment_is_believed(two_processes, redis):
    set_back(redis, by=1)
    ManualClock(health(two_processes[1]), while_paused=lambda: set_back(redis, by=-1))

    assert health(two_processes[1]).is_current()


def test_a_redis_that_comes_nearer_is_only_late(two_processes, redis):
    client, mine = client_of(two_processes[0]), health(two_processes[1])
    score(client, "main", **{f"p{number}": number + 1 for number in range(6)})
    set_back(redis, by=6)
    clock = ManualClock(mine)
    began = clock.now

    def comes_nearer():
        """Let Redis advance by one fact in three quarters of STUCK_SECONDS."""
        missing = two_processes[0].journal.head().seq - position(redis)
        if clock.now - began > (7 - missing) * STUCK_SECONDS * 0.75:
            set_back(redis, by=-1)

    clock.while_paused = comes_nearer

    assert mine.is_current()
    assert clock.now - began > 4 * STUCK_SECONDS


def test_a_redis_that_stands_still_behind_the_journal_is_doubted(two_processes, redis):
    mine = health(two_processes[1])
    set_back(redis, by=1)
    clock = ManualClock(mine)
    began = clock.now

    assert not mine.is_current()
    assert STUCK_SECONDS <= clock.now - began < 2 * STUCK_SECONDS


def set_back(redis, *, by):
    """Set back the position in Redis by `by` facts."""
    redis.hincrby(rediskeys.applied(0), "position", -by)


def test_an_emptied_redis_is_not_believed_until_it_was_built_again(two_processes, redis):
    one, other = map(client_of, two_processes)
    score(one, "main", ana=5)
    redis.flushall()
    wait_until(lambda: not health(two_processes[1]).is_current(), seconds=2)

    assert [row["score"] for row in list_entries(other, "main")["entries"]] == [5]
    assert submit(other, "main", {"player": "ana", "score": 1})["degraded"]
    two_processes[0].followers.catch_up("boards")
    wait_until(lambda: health(two_processes[1]).is_current(), seconds=2)
    assert [row["score"] for row in list_entries(other, "main")["entries"]] == [6]


def test_a_redis_with_yesterdays_boards_is_not_believed(two_processes, redis_server):
    one, other = map(client_of, two_processes)
    score(one, "main", ana=5)
    with Redis.from_url(redis_server) as redis:
        yesterday = {key: redis.dump(key) for key in redis.keys("sb:*")}
        score(one, "main", ana=5)
        redis.flushall()
        for key, value in yesterday.items():
            redis.restore(key, 0, value)
    wait_until(lambda: not health(two_processes[1]).is_current(), seconds=2)

    assert [row["score"] for row in list_entries(other, "main")["entries"]] == [10]
    two_processes[0].followers.catch_up("boards")
    wait_until(lambda: health(two_processes[1]).is_current(), seconds=2)
    assert [row["score"] for row in list_entries(other, "main")["entries"]] == [10]


def test_redis_is_asked_for_its_position_a_few_times_a_second_only(two_processes):
    mine, looks = health(two_processes[1]), []
    clock, read = ManualClock(mine), mine.view.position.applied_facts
    mine.view.position.applied_facts = lambda shard: looks.append(clock.now) or read(shard)
    for _ in range(100):
        clock.now += CHECK_SECONDS / 10
        mine.is_current()

    assert 9 <= len(looks) <= 10


def test_an_old_state_of_a_window_never_replaces_a_newer_one_that_is_missing(two_processes, redis):
    one = client_of(two_processes[0])
    score(one, "main", ana=5, bob=6)
    row = next(row for row in two_processes[0].boards.windows.open() if row.window.board == "main")
    view, board = two_processes[0].boards.projector.view, two_processes[0].boards.service.board("main")
    order = Order(board.definition, board.layout)
    view.writer.hide(row.window)
    newer = Change(order, row.window, [], version=row.version + 1, entries=2000)
    view.writer.publish([newer], NOTHING)
    older = two_processes[0].base.database.snapshot(lambda db: list(Standings(db).all(row.id, 0)))

    is_shown = view.writer.put(Change(order, row.window, older, version=row.version, entries=2))

    assert not is_shown
    assert len(list_entries(one, "main")["entries"]) == 2, "from SQL"
