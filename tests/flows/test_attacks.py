"""Former faults of the boards: late projections, restarts, redefinitions, retries."""

from __future__ import annotations

import contextlib

import pytest
from redis import Redis
from redis.exceptions import RedisError

from scoreboard.app import create_app
from scoreboard.commands.redis_server import PrivateRedis
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.redis import RedisAway
from scoreboard.journal.types import Span
from tests.support import KEY, wait_until


def http(parts):
    client = create_app(parts).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    return client


def post(client, board, *entries, **headers):
    answer = client.post(f"/v1/boards/{board}/scores", json={"entries": list(entries)}, headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def names(client, board, **query):
    rows = client.get(f"/v1/boards/{board}/entries", query_string=query).json["data"]["entries"]
    return [row["player"]["id"] for row in rows]


def lose_next_projection(parts, monkeypatch):
    """Have the next batch of this process committed, but not written to Redis."""
    writer = parts.boards.projector.view.writer
    publish = writer.publish

    def fail(*args):
        monkeypatch.setattr(writer, "publish", publish)
        raise RedisAway("cut")

    monkeypatch.setattr(writer, "publish", fail)


def test_a_batch_that_is_missing_in_redis_reaches_lists_and_streams_of_other_processes(
    make_parts, sqlite_url, monkeypatch
):
    one, other, worker = (make_parts(sqlite_url) for _ in range(3))
    worker.followers.catch_up("boards")
    first, second = http(one), http(other)
    post(first, "main", {"player": "zoe", "score": 1})
    names(second, "main")
    lose_next_projection(one, monkeypatch)
    post(first, "main", {"player": "ada", "score": 100})
    post(second, "main", {"player": "bob", "score": 50})
    lists_before = names(second, "main"), names(second, "main", limit=11)

    worker.followers.catch_up("boards")

    wait_until(lambda: all(parts.boards.projector.health.is_current() for parts in (one, other)), seconds=5)
    lists_after = names(second, "main"), names(second, "main", limit=11)
    assert {*map(tuple, lists_before + lists_after)} == {("ada", "bob", "zoe")}
    assert [line.id for line in other.stream.scopes.read("main", s=1).top] == ["ada", "bob", "zoe"]


@pytest.fixture
def own_redis(tmp_path):
    """A Redis that a test may kill: it comes back with its saved data."""
    server = PrivateRedis(tmp_path / "own")
    server.start()
    yield server
    server.stop()


def follow_and_save(parts, server):
    """A client of current boards with one score, which Redis has saved."""
    parts.followers.catch_up("boards")
    client = http(parts)
    post(client, "main", {"player": "old", "score": 1})
    with Redis.from_url(server.url) as redis:
        redis.save()
    return client


def test_a_redis_that_comes_back_with_older_boards_is_not_trusted(own_redis, make_parts, sqlite_url):
    parts = make_parts(sqlite_url, redis_url=own_redis.url)
    client = follow_and_save(parts, own_redis)
    assert names(client, "main") == ["old"]
    post(client, "main", {"player": "new", "score": 100})
    kill_and_wait(own_redis)

    report = post(client, "main", {"player": "mid", "score": 50})

    assert names(client, "main") == ["new", "mid", "old"]
    assert [one["rank"] for one in report["standings"]] == [None]
    parts.followers.catch_up("boards")
    wait_until(parts.boards.projector.health.is_current, seconds=5)
    assert names(client, "main") == ["new", "mid", "old"]
    assert parts.boards.verifier.run() == []


def test_a_redis_that_lost_its_count_of_changes_never_names_two_states_alike(
    own_redis, make_parts, sqlite_url
):
    parts = make_parts(sqlite_url, redis_url=own_redis.url)
    client = follow_and_save(parts, own_redis)
    post(client, "main", {"player": "new", "score": 2})
    post(client, "main", {"player": "new", "score": 3})
    first_answer = client.get("/v1/boards/main/entries")
    assert names(client, "main") == ["new", "old"]
    kill_and_wait(own_redis)
    client.get("/v1/boards/main/entries")  # detects another server
    parts.followers.catch_up("boards")  # shows the newest of two changes: one less than before
    wait_until(parts.boards.projector.health.is_current, seconds=5)

    post(client, "main", {"player": "mid", "score": 4})

    assert names(client, "main") == ["new", "mid", "old"]
    second_answer = client.get(
        "/v1/boards/main/entries", headers={"If-None-Match": first_answer.headers["ETag"]}
    )
    assert second_answer.status_code == 200


def kill_and_wait(server):
    killed_process = server._process
    killed_process.kill()
    wait_until(lambda: server._process is not killed_process, seconds=10)

    def answers():
        with contextlib.suppress(RedisError), Redis.from_url(server.url) as redis:
            return redis.ping()

    wait_until(answers, seconds=10)


def test_a_late_projection_in_the_old_order_does_not_change_the_new_one(make_parts, sqlite_url):
    one, worker = make_parts(sqlite_url), make_parts(sqlite_url)
    worker.followers.catch_up("boards")
    client = http(one)
    post(client, "main", {"player": "zoe", "score": 5}, {"player": "bob", "score": 7})
    writer, late = one.boards.projector.view.writer, []
    publish = writer.publish
    writer.publish = lambda *args: late.append(args) or [None] * len(args[0])
    post(client, "main", {"player": "ada", "score": 100})
    writer.publish = publish
    assert client.put("/v1/admin/boards/main", json={"order": "asc"}).status_code == 200
    follower = worker.boards.follower
    follower.catalogue.refresh()
    put = follower.view.writer.put
    follower.view.writer.put = lambda change: publish(*late.pop()) and put(change) if late else put(change)

    worker.followers.catch_up("boards")

    assert names(client, "main") == ["zoe", "bob", "ada"]
    assert worker.boards.verifier.run() == []


def test_many_gaps_cost_redis_little(parts, redis):
    position = parts.boards.follower.view.position
    newest, mark = parts.journal.newest()
    head = newest.seq
    at = int(mark.partition("-")[0])
    for seq in range(head + 10, head + 4010, 2):
        position.advance(Span(shard=0, first=seq, last=seq, before=at, mark=f"{at}-{seq}"))

    assert redis.hlen(rediskeys.applied(0)) <= 68  # four fields, and 64 gaps
    position.advance(Span(shard=0, first=head + 1, last=head + 9, before=at, mark=f"{at}-{head + 9}"))
    assert position.applied_facts(0).position.seq >= head + 10


def test_closed_windows_expire_in_redis(client, parts, redis, clock):
    client.put("/v1/admin/boards/day", json={"period": "daily"})
    post(client, "day", {"player": "ada", "score": 1})
    clock.advance(days=1)
    parts.boards.admin.close_due_periods()

    permanent = [key for key in redis.keys("sb:*day/2026-01-01*") if redis.ttl(key) == -1]
    assert redis.keys("sb:*day/2026-01-01*")
    assert permanent == []


def test_the_newest_name_wins_even_if_others_come_later(make_parts, sqlite_url, monkeypatch):
    one, other = make_parts(sqlite_url), make_parts(sqlite_url)
    one.followers.catch_up("boards")
    first, second = http(one), http(other)
    post(first, "main", {"player": "ada", "score": 1})
    catalogue, late = one.boards.projector.view.catalogue, []
    show_names = catalogue.show_names
    monkeypatch.setattr(catalogue, "show_names", late.append)
    post(first, "main", {"player": "ada", "score": 1, "displayName": "First"})
    post(second, "main", {"player": "ada", "score": 1, "displayName": "Second"})

    show_names(late[0])

    row = second.get("/v1/boards/main/entries").json["data"]["entries"][0]
    assert row["player"]["displayName"] == "Second"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"period": "0 * * * *"}, {"period": "0 0 * * *"}),
        (
            {"period": "daily", "timeZone": "Asia/Tokyo"},
            {"period": "daily", "timeZone": "America/Los_Angeles"},
        ),
    ],
)
def test_a_board_whose_period_changed_still_accepts_scores(before, after, client, parts, clock):
    clock.advance(seconds=1800)
    client.put("/v1/admin/boards/day", json=before)
    post(client, "day", {"player": "ada", "score": 1})
    clock.advance(seconds=15 * 3600)
    parts.boards.admin.close_due_periods()
    client.put("/v1/admin/boards/day", json=after)

    report = post(client, "day", {"player": "ada", "score": 1})

    assert report["rejected"] == []


def test_a_score_for_a_past_period_opens_no_window(client, parts):
    client.put("/v1/admin/boards/day", json={"period": "daily"})

    _, key = parts.accounts.keys.create("game", ["scores:write"])
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    report = post(client, "day", {"player": "ada", "score": 1, "occurredAt": "2020-01-01T00:00:00Z"})

    assert [one["code"] for one in report["rejected"]] == ["period_closed"]
    assert parts.boards.windows.open() == []


def test_a_deletion_sent_again_does_not_delete_a_new_board_of_the_name(client, parts):
    once = {"Idempotency-Key": "d1"}
    client.put("/v1/admin/boards/game", json={})
    assert client.delete("/v1/admin/boards/game", headers=once).status_code == 204
    parts.base.database.transaction(
        lambda db: db.execute_sql("DELETE FROM answer")
    )  # the stored answer is lost
    client.put("/v1/admin/boards/game", json={})
    post(client, "game", {"player": "ada", "score": 1})

    again = client.delete("/v1/admin/boards/game", headers=once)

    assert again.status_code in (204, 404)
    assert names(client, "game") == ["ada"]


def test_keys_of_requests_and_of_entries_never_collide(client):
    post(client, "main", {"player": "ada", "score": 1}, **{"Idempotency-Key": "k"})

    report = post(client, "main", {"player": "ada", "score": 1, "idempotencyKey": "k#0"})

    assert report["accepted"] == 1


def test_periods_that_begin_together_are_all_listed(client, clock):
    client.put("/v1/admin/boards/day", json={"period": "weekly", "windows": ["daily"]})
    clock.advance(days=4)  # a Monday
    post(client, "day", {"player": "ada", "score": 1})
    clock.advance(days=8)
    all_periods = client.get("/v1/boards/day/periods").json["data"]

    first = client.get("/v1/boards/day/periods?limit=1").json
    second = client.get(f"/v1/boards/day/periods?limit=1&cursor={first['page']['next']}").json

    assert first["data"] + second["data"] == all_periods
    assert len(all_periods) == 2


def test_reading_large_pages_keeps_little_in_memory(client, parts):
    metadata = {"m": "x" * 4000}
    entries = [{"player": f"p{one}", "score": one, "metadata": metadata} for one in range(200)]
    post(client, "main", *entries)
    for offset in range(100):
        client.get(f"/v1/boards/main/entries?limit=200&offset={offset}")

    pages = [parts.boards.answers.encode(reading).entries for reading in parts.boards.service.kept_readings]
    assert sum(map(len, map(bytes, pages))) < 1_000_000
