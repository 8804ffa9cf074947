"""The audit log: every fact becomes one line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scoreboard.core.storage.db import rows
from scoreboard.journal.types import Fact, Position, RecordedFact
from tests.actions.play import Player, define
from tests.boards.calls import put, score, submit


@pytest.fixture
def parts(make_parts, sqlite_url):
    """Parts on SQLite: the follower does the same on every database."""
    return make_parts(sqlite_url)


def lines(parts):
    text = "SELECT seq, kind, caller, player, board, detail FROM audit ORDER BY seq"
    return parts.base.audit_database.run(lambda db: rows(db, text))


def test_every_fact_becomes_one_line_in_order(client, parts):
    put(client, "cup")
    score(client, "cup", ada=5, bob=3)
    parts.accounts.keys.create("game", ["admin"])

    parts.followers.catch_up("audit")

    found = lines(parts)
    assert [line[0] for line in found] == list(range(1, parts.journal.head().seq + 1))
    assert [line[1] for line in found[-4:]] == ["board-defined", "score", "score", "key-created"]
    assert len(lines(parts)) == parts.journal.head().seq


def test_following_twice_changes_nothing(client, parts):
    score(client, "main", ada=5)
    parts.followers.catch_up("audit")
    before = lines(parts)

    facts = parts.journal.after(parts.journal.start, 100)
    parts.followers.follower("audit").follow(facts)

    assert parts.followers.catch_up("audit") == 0
    assert lines(parts) == before


def test_a_line_names_caller_kind_and_player(client, parts):
    submit(client, "main", {"player": "ada", "score": 5, "idempotencyKey": "match-1"})
    parts.followers.catch_up("audit")

    _, kind, caller, player, board, detail = lines(parts)[-1]

    assert (kind, caller, player, board) == ("score", "bootstrap", "ada", "main")
    assert json.loads(detail) == {"amount": 5, "columns": {}, "feeds": [["main", "", 0]]}


def test_no_hash_of_a_key_is_in_the_log(parts):
    parts.accounts.keys.create("game", ["admin"])
    parts.followers.catch_up("audit")

    hashes = parts.base.database.run(lambda db: rows(db, "SELECT hash FROM server_key"))

    assert len(hashes) == 2
    for (hash,) in hashes:
        assert hash not in repr(lines(parts))


@pytest.mark.parametrize(
    ("declared_names", "detail"),
    [
        ({}, {}),
        ({"player-note": frozenset({"code"})}, {"code": 7}),
        ({"player-note": frozenset({"code", "amount"})}, {"code": 7, "amount": 3}),
    ],
)
def test_a_line_shows_only_what_the_fold_of_its_kind_declares(parts, declared_names, detail):
    follower = replace(parts.followers.follower("audit"), audited=declared_names)
    data = {"note": "Lives next door", "code": 7}
    fact = Fact(id="n1", kind="player-note", player="ada", amount=3, data=data)
    position = Position(0, parts.journal.head().seq + 1)

    follower.follow([RecordedFact(position=position, at=1, fact=fact, result={})])

    _, kind, _, player, _, text = lines(parts)[-1]
    assert (kind, player, json.loads(text)) == ("player-note", "ada", detail)


def test_a_follower_that_was_away_takes_in_all_facts_since(client, parts):
    parts.followers.catch_up("audit")
    score(client, "main", ada=1, bob=2)

    assert parts.followers.lag("audit") == 2
    assert parts.followers.catch_up("audit") == 2
    assert parts.followers.lag("audit") == 0


def test_neither_the_log_nor_the_journal_has_an_address(client, parts):
    client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    score(client, "main", ada=1)
    parts.followers.catch_up("audit")

    journal = parts.base.database.run(lambda db: rows(db, "SELECT * FROM journal"))

    assert "203.0.113" not in repr(journal)
    assert "203.0.113" not in repr(lines(parts))


@pytest.mark.parametrize("pages", [1, 3])
def test_more_facts_than_a_page_are_followed_too(client, parts, pages):
    entries = [{"player": f"p{n}", "score": n} for n in range(pages * 400)]
    submit(client, "main", *entries[:1000])
    submit(client, "main", *entries[1000:] or entries[:1])

    parts.followers.catch_up("audit")

    assert len(lines(parts)) == parts.journal.head().seq


def test_the_log_may_live_in_any_database(make_parts, sqlite_url, database_url, tmp_path):
    other = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'log.db'}"
    parts = make_parts(sqlite_url, audit_database_url=other)
    parts.followers.catch_up("audit")
    before = lines(parts)

    parts.followers.follower("audit").follow(parts.journal.after(parts.journal.start, 100))

    assert [line[0] for line in before] == list(range(1, parts.journal.head().seq + 1))
    assert lines(parts) == before


def test_the_region_of_a_player_is_not_in_the_log(client, parts):
    put(client, "main", regions=["atlantis"])
    define(parts)
    receipt = Player(parts, region="atlantis").play()
    parts.followers.catch_up("audit")

    assert [one["region"] for one in receipt["standings"]] == [None, "atlantis"]
    assert "atlantis" not in repr([line for line in lines(parts) if line[1] != "board-defined"])
