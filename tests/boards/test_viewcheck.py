"""Alterations in Redis that change no size are found, and the window is built again."""

from __future__ import annotations

import pytest

from scoreboard.boards import viewcheck
from scoreboard.boards.order import Order
from scoreboard.core.storage import rediskeys
from tests.boards.calls import list_entries, put, score, submit

TAG = rediskeys.window("cup/all/")
ORDER, MEMBERS, METADATA = rediskeys.order(TAG), rediskeys.members(TAG), rediskeys.metadata(TAG)
TIERS, SIZES, STATE = rediskeys.tiers(TAG), rediskeys.tier_sizes(TAG), rediskeys.state(TAG)


@pytest.fixture
def parts(make_parts, sqlite_url):
    """Parts on SQLite: the comparison is the same on every database."""
    parts = make_parts(sqlite_url)
    parts.followers.catch_up("boards")
    return parts


def compare(parts):
    for _ in parts.boards.check.check_all():
        pass


def is_shown(parts, board="cup"):
    rows = [row for row in parts.boards.windows.open() if row.window.board == board]
    found = parts.boards.service.board(board)
    order = Order(found.definition, found.layout)
    return parts.boards.follower.view.are_shown([(row.window, order) for row in rows]) == [True] * len(rows)


def change_member(redis):
    member = redis.zrange(ORDER, 3, 3)[0]
    redis.zrem(ORDER, member)
    redis.zadd(ORDER, {member[:-3] + "zzz": 0})


def change_score(redis):
    member = redis.zrange(ORDER, 3, 3)[0]
    redis.zrem(ORDER, member)
    redis.zadd(ORDER, {"v" + member[1:]: 0})


def change_number(redis):
    redis.zincrby(ORDER, 1, redis.zrange(ORDER, 0, 0)[0])


def change_standing(redis):
    redis.hset(MEMBERS, "p03", redis.hget(MEMBERS, "p04"))


def move_standing_to_a_stranger(redis):
    redis.hset(MEMBERS, "zzz", redis.hget(MEMBERS, "p04"))
    redis.hdel(MEMBERS, "p03")


def change_text(redis):
    redis.hset(METADATA, "p03", '{"number":99}')


def change_tier(redis):
    tier = redis.zrange(TIERS, 2, 2)[0]
    redis.zrem(TIERS, tier)
    redis.zadd(TIERS, {tier[:-1] + "v": 0})


def change_size(redis):
    redis.hincrby(SIZES, redis.hkeys(SIZES)[0], 1)


def change_version(redis):
    redis.hincrby(STATE, "version", 1000)


ALTERATIONS = (
    change_member,
    change_score,
    change_number,
    change_standing,
    move_standing_to_a_stranger,
    change_text,
    change_tier,
    change_size,
    change_version,
)


def test_an_altered_window_is_found_and_built_again(cup, parts, redis):
    expected = list_entries(cup, "cup", limit=50)["entries"]
    for alter in ALTERATIONS:
        alter(redis)

        compare(parts)

        assert not is_shown(parts), alter
        assert list_entries(cup, "cup", limit=50)["entries"] == expected, "from SQL"
        parts.followers.catch_up("boards")
        compare(parts)
        assert is_shown(parts), alter
        assert parts.boards.verifier.run() == []


def test_a_correct_window_stays_shown_however_often_it_is_compared(cup, parts):
    for _ in range(3):
        compare(parts)
        score(cup, "cup", p01=100)

    assert is_shown(parts)


def test_a_commit_on_its_way_is_not_taken_for_an_alteration(cup, parts, monkeypatch):
    writer = parts.boards.projector.view.writer
    # Committed, and not shown yet: Redis does not say that it holds it.
    monkeypatch.setattr(writer, "publish", lambda changes, span: [None] * len(changes))
    score(cup, "cup", p01=100)

    compare(parts)

    assert is_shown(parts)


def test_an_alteration_on_a_busy_board_is_found_too(cup, parts, redis, monkeypatch):
    writer = parts.boards.projector.view.writer
    monkeypatch.setattr(writer, "publish", lambda changes, span: [None] * len(changes))
    score(cup, "cup", p01=100)  # a commit that Redis does not have yet
    change_standing(redis)

    compare(parts)

    assert not is_shown(parts)


def test_large_windows_are_compared_slice_by_slice_and_their_tops_each_time(
    client, parts, redis, monkeypatch
):
    monkeypatch.setattr(viewcheck, "PAGE", 4)
    monkeypatch.setattr(viewcheck, "SLICE", 1)
    put(client, "cup")
    score(client, "cup", **{f"p{number:02}": number for number in range(12)})
    monkeypatch.setattr(viewcheck, "TOP", 3)
    change_score(redis)  # of p03: the first one of the list now, which no slice holds yet

    compare(parts)

    assert not is_shown(parts)
    parts.followers.catch_up("boards")
    redis.hset(MEMBERS, "p11", redis.hget(MEMBERS, "p04"))  # which only the last slice holds
    passes = 0
    while is_shown(parts) and passes < 5:
        compare(parts)
        passes += 1
    assert passes == 3


def test_a_closed_window_that_was_altered_is_read_from_sql(client, parts, redis, clock, monkeypatch):
    monkeypatch.setattr(viewcheck, "CLOSED_SECONDS", 0)
    put(client, "cup", period="daily")
    score(client, "cup", ada=5, bob=7)
    clock.advance(days=1)
    parts.boards.admin.close_due_periods()
    tag = rediskeys.window("cup/2026-01-01/")
    compare(parts)
    assert redis.exists(rediskeys.state(tag))
    redis.hset(rediskeys.members(tag), "ada", redis.hget(rediskeys.members(tag), "bob"))

    compare(parts)

    assert not redis.exists(rediskeys.state(tag))
    rows = list_entries(client, "cup", period="2026-01-01")["entries"]
    assert [row["player"]["id"] for row in rows] == ["bob", "ada"]


def test_an_altered_name_is_found_and_shown_correctly_again(cup, parts, redis):
    fact = redis.hget(rediskeys.names(), "p03").partition(":")[0]
    redis.hset(rediskeys.names(), "p03", f"{fact}:Somebody else")
    assert "Somebody else" in str(list_entries(cup, "cup", limit=50))

    compare(parts)

    assert "Somebody else" not in str(list_entries(cup, "cup", limit=50))
    parts.followers.catch_up("boards")
    assert redis.hget(rediskeys.names(), "p03") == f"{fact}:Player 3"


@pytest.mark.parametrize("lose", ["delete", "truncate", "rename", "another type"])
def test_an_incomplete_set_of_names_is_read_from_sql(cup, parts, redis, lose):
    expected = list_entries(cup, "cup", limit=50)["entries"]
    match lose:
        case "delete":
            redis.delete(rediskeys.names())
        case "truncate":
            redis.hdel(rediskeys.names(), "p03", "p04")
        case "rename":
            redis.rename(rediskeys.names(), "away")
        case _:
            redis.delete(rediskeys.names())
            redis.set(rediskeys.names(), "text")

    assert list_entries(cup, "cup", limit=50)["entries"] == expected
    submit(cup, "cup", {"player": "new", "score": 99, "displayName": "New"})
    assert list_entries(cup, "cup", limit=50)["entries"][0]["player"]["displayName"] == "New"
    parts.followers.catch_up("boards")
    assert redis.hlen(rediskeys.names()) == 13


@pytest.mark.parametrize("value", [b"\xff", b"1:\xff", b"no fact"])
def test_a_name_that_is_not_a_text_is_found_and_shown_correctly_again(cup, parts, redis, value):
    redis.hset(rediskeys.names(), "p03", value)
    assert cup.get("/v1/boards/cup/entries").status_code == 200

    compare(parts)

    assert "'Player 3'" in str(list_entries(cup, "cup", limit=50))
    parts.followers.catch_up("boards")
    assert redis.hget(rediskeys.names(), "p03").endswith(":Player 3")


@pytest.mark.parametrize("field", ["position", "mark", "newest", "newest-mark"])
def test_an_unreadable_position_counts_as_none(cup, parts, redis, field):
    expected = list_entries(cup, "cup", limit=50)["entries"]
    redis.hset(rediskeys.applied(0), field, b"\xff")

    assert submit(cup, "cup", {"player": "p00", "score": 0})["rejected"] == []
    assert list_entries(cup, "cup", limit=50)["entries"] == expected
    parts.followers.catch_up("boards")
    assert parts.followers.lag("boards") == 0
    assert parts.boards.verifier.run() == []


@pytest.mark.parametrize("key", [rediskeys.catalogue_version(), rediskeys.renames()])
def test_versions_that_are_not_numbers_do_no_harm(cup, parts, redis, key):
    expected = list_entries(cup, "cup", limit=50)["entries"]
    redis.set(key, b"\xff")

    assert submit(cup, "cup", {"player": "p00", "score": 0})["rejected"] == []
    assert list_entries(cup, "cup", limit=50)["entries"] == expected
