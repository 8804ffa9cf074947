"""Facts that earlier releases wrote: journals keep them forever, and they still count the same."""

from __future__ import annotations

import msgspec
import pytest

from scoreboard.boards.facts import Feed, feeds_of, results_of
from scoreboard.boards.types import Window
from scoreboard.core.storage.db import execute
from scoreboard.journal.types import Fact, Position, RecordedFact
from tests.actions.play import Player, define
from tests.boards.calls import list_entries, put, submit

ENTRY = {"player": "ada", "score": 5, "operator": "set", "region": "eu", "idempotencyKey": "1"}
DIGEST = "3c32182c62df8996c9f6e23ad031c228"  # of that entry, as stored by the release that wrote it


def old_score(seq):
    """The data and the result that the release stored for ENTRY on a board of all time."""
    standings = f'[["all","",5,{seq}],["all","eu",5,{seq}]]'
    return '{"operator":"set","region":"eu"}', f'{{"operator":"set","standings":{standings}}}'


def old_action(line):
    """The data and the result that it stored for a completed action of 10 points on the board "main"."""
    data = {name: line.fact.data[name] for name in ("issuedAt", "tookMs", "exclusive", "caps")}
    ((_, _, since),) = line.fact.data["feeds"]
    data = {"boards": [["main", since]], **data, "region": "eu"}
    result = f'{{"boards":{{"main":{{"operator":"increment","standings":[["all","",10,{line.seq}]]}}}}}}'
    return msgspec.json.encode(data).decode(), result


def store(parts, line, data, result):
    """Replace the data and the result of a line of the journal."""
    text = "UPDATE journal SET data = ?, result = ? WHERE seq = ?"
    parts.base.database.transaction(lambda db: execute(db, text, (data, result, line.seq)))


def newest(parts):
    return parts.journal.after(parts.journal.start, 1000)[-1]


@pytest.fixture
def cup(client, parts):
    """A board with one score of the old shape, followed by one of today's."""
    put(client, "cup", regions=["eu"])
    submit(client, "cup", ENTRY)
    line = newest(parts)
    store(parts, line, *old_score(line.seq))
    submit(client, "cup", {"player": "ada", "score": 2}, {"player": "bob", "score": 6})
    return client


def scores(client, **query):
    return {row["player"]["id"]: row["score"] for row in list_entries(client, "cup", **query)["entries"]}


def test_the_digest_of_an_entry_has_not_changed(client, parts):
    put(client, "cup", regions=["eu"])
    submit(client, "cup", ENTRY)

    assert newest(parts).fact.digest == DIGEST


def test_old_scores_add_up_to_the_same_standings(cup, parts):
    assert scores(cup) == {"ada": 7, "bob": 6}
    assert parts.boards.verifier.run() == []


def test_old_scores_are_folded_again_into_a_new_order(cup, parts):
    put(cup, "cup", regions=["eu"], order="asc")

    assert list(scores(cup).items()) == [("bob", 6), ("ada", 7)]
    assert scores(cup, region="eu") == {"ada": 5}
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []


def test_the_follower_shows_old_scores(cup, parts, redis):
    before = parts.boards.follower.applied_facts()
    redis.delete(*redis.keys("sb:{cup/*"))

    parts.boards.follower.follow(parts.journal.after(parts.journal.start, 1000))
    parts.followers.catch_up("boards")

    assert parts.boards.follower.applied_facts() == before
    assert scores(cup) == {"ada": 7, "bob": 6}
    assert parts.boards.verifier.run() == []


def test_an_old_score_that_is_sent_again_counts_once_and_is_reported_as_before(cup):
    report = submit(cup, "cup", ENTRY)

    assert (report["accepted"], report["replayed"]) == (0, 1)
    assert {(one["region"], one["score"]) for one in report["standings"]} == {(None, 7), ("eu", 5)}
    assert "degraded" not in report


def test_an_old_completion_that_is_sent_again_has_the_same_receipt(client, parts):
    define(parts)
    ada = Player(parts, displayName="Ada")
    token = ada.request()
    first = ada.complete(token).json["data"]
    line = newest(parts)
    store(parts, line, *old_action(line))

    again = ada.complete(token).json["data"]

    assert again == first | {"replayed": True}
    assert parts.boards.verifier.run() == []
    put(client, "main", order="asc")
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []


def test_an_old_completion_is_refused_once_its_board_was_deleted_and_created_again(client, parts):
    define(parts)
    ada = Player(parts)
    token = ada.request()
    ada.complete(token)
    line = newest(parts)
    store(parts, line, *old_action(line))
    client.delete("/v1/admin/boards/main")
    put(client, "main")

    assert ada.complete(token).json["code"] == "board_not_found"


@pytest.mark.parametrize(
    ("fact", "feeds"),
    [
        (Fact(id="1", kind="score", board="cup"), [Feed("cup")]),
        (Fact(id="1", kind="score", board="cup", data={"operator": "set"}), [Feed("cup", "set")]),
        (
            Fact(id="1", kind="action", board="*", data={"boards": [["a", 3], ["b", 4]]}),
            [Feed("a", "", 3), Feed("b", "", 4)],
        ),
        (Fact(id="1", kind="any", board="a", data={"feeds": [["a", "best", 3]]}), [Feed("a", "best", 3)]),
    ],
)
def test_the_feeds_of_every_shape_can_be_read(fact, feeds):
    assert feeds_of(fact) == feeds


@pytest.mark.parametrize(
    "result",
    [
        {"operator": "set", "standings": [["all", "eu", 5, 7]]},
        {"boards": {"cup": {"operator": "set", "standings": [["all", "eu", 5, 7]]}}},
    ],
)
def test_the_result_of_every_shape_can_be_read(result):
    line = RecordedFact(
        position=Position(0, 7), at=0, fact=Fact(id="1", kind="any", board="cup"), result=result
    )

    assert results_of(line) == {"cup": ("set", [(Window("cup", "all", "eu"), 5, 7)])}


def test_other_facts_feed_nothing():
    line = RecordedFact(
        position=Position(0, 7),
        at=0,
        fact=Fact(id="1", kind="board-defined", board="cup"),
        result={"created": True},
    )

    assert results_of(line) == {}
