"""Keys of a window that are missing, renamed, shortened or of another type are never read."""

from __future__ import annotations

import pytest

from scoreboard.core.storage import rediskeys
from tests.boards.calls import list_entries, submit

TAG = rediskeys.window("cup/all/")
KEYS = {
    part.__name__: part(TAG)
    for part in (
        rediskeys.order,
        rediskeys.members,
        rediskeys.tiers,
        rediskeys.tier_sizes,
        rediskeys.metadata,
        rediskeys.state,
    )
}


def delete(redis, key):
    redis.delete(key)


def rename(redis, key):
    redis.rename(key, f"{key}:elsewhere")


def cut_short(redis, key):
    if redis.type(key) == "zset":
        redis.zpopmin(key, 2)
    else:
        redis.hdel(key, *redis.hkeys(key)[:2])


def retype(redis, key):
    redis.delete(key)
    redis.rpush(key, "a", "b")


def grow(redis, key):
    if redis.type(key) == "zset":
        redis.zadd(key, {"v" * 29 + "zzz": 0})
    else:
        redis.hset(key, "zzz", "1:" + "v" * 29)


DAMAGES = (delete, rename, cut_short, retype, grow)


def first(client):
    """The player at the top."""
    return list_entries(client, "cup", limit=1)["entries"][0]["player"]["id"]


@pytest.fixture
def parts(make_parts, sqlite_url):
    parts = make_parts(sqlite_url)
    parts.followers.catch_up("boards")
    return parts


def everything(client):
    """All reads of the board, without the fields that name its state."""
    around = client.get("/v1/boards/cup/entries/p05/around?radius=2").json["data"]["entries"]
    some = client.get("/v1/boards/cup/entries?players=p01,p07").json["data"]["entries"]
    one = client.get("/v1/boards/cup/entries/p03").json["data"]
    would = client.get("/v1/boards/cup/rank-for?score=3").json["data"]
    return list_entries(client, "cup", limit=50)["entries"], around, some, one["rank"], would["rank"]


@pytest.mark.parametrize("part", KEYS)
def test_a_damaged_window_is_read_from_sql_and_built_again(cup, parts, redis, part):
    for damage in DAMAGES:
        if (part, damage) == ("state", grow):
            continue  # a further field of the state means nothing
        expected = everything(cup)
        damage(redis, KEYS[part])

        assert everything(cup) == expected, damage
        report = submit(cup, "cup", {"player": "p03", "score": 100})
        assert report["standings"][0]["rank"] in (1, None), damage
        assert first(cup) == "p03", damage
        if damage is rename and redis.exists(f"{KEYS[part]}:elsewhere"):
            redis.rename(f"{KEYS[part]}:elsewhere", KEYS[part])  # as it was before that score
            for _ in parts.boards.check.check_all():
                pass
        assert parts.followers.catch_up("boards") == 0
        assert first(cup) == "p03", damage
        assert parts.boards.verifier.run() == [], damage
        assert submit(cup, "cup", {"player": "p03", "score": 1})["standings"][0]["rank"] == 1, damage


@pytest.mark.parametrize("part", [part for part in KEYS if part != "state"])
def test_a_window_that_is_damaged_while_it_is_built_is_not_shown(cup, parts, redis, part):
    follower = parts.boards.follower
    row = next(row for row in parts.boards.windows.open() if row.window.board == "cup")
    follower.catalogue.refresh()
    redis.delete(KEYS["state"])
    fill = follower.view.builder.fill

    def fill_and_damage(*args):
        result = fill(*args)
        redis.delete(rediskeys.building(KEYS[part]))
        return result

    follower.view.builder.fill = fill_and_damage
    was_built = follower.build(row)
    follower.view.builder.fill = fill

    assert not was_built
    assert len(list_entries(cup, "cup", limit=50)["entries"]) == 12
    assert follower.build(row)


@pytest.mark.parametrize("member", ["no key at all", b"\xff\xfe" * 16])
def test_bytes_that_are_not_a_standing_are_no_error(cup, parts, redis, member):
    expected = list_entries(cup, "cup", limit=50)["entries"]
    redis.zrem(KEYS["order"], redis.zrange(KEYS["order"], 0, 0)[0])
    redis.zadd(KEYS["order"], {member: 0})
    redis.hset(KEYS["members"], "p03", "no version")

    assert list_entries(cup, "cup", limit=50)["entries"] == expected
    assert cup.get("/v1/boards/cup/entries/p03").json["data"]["score"] == 1
    assert cup.get("/v1/boards/cup/entries/p03/around").status_code == 200
    assert submit(cup, "cup", {"player": "p03", "score": 1})["rejected"] == []
