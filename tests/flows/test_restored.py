"""A backup of the journal is put in place beside a Redis and an audit log that are newer."""

from __future__ import annotations

import apsw
import pytest

from scoreboard.app import create_app
from scoreboard.boards import follow
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.db import rows
from tests.boards.calls import list_entries, put, submit
from tests.contract import client_of
from tests.support import wait_until

pytestmark = pytest.mark.one_database


@pytest.fixture
def backup(make_parts, tmp_path, clock):
    """The URL of a backup, after which Redis and the audit log got further facts."""
    parts = make_parts(f"sqlite:///{tmp_path / 'scoreboard.db'}")
    client = client_of(parts)
    put(client, "cup")
    submit(client, "cup", {"player": "kept", "score": 1})
    apsw.Connection(str(tmp_path / "scoreboard.db")).execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    clock.advance(seconds=60)
    submit(client, "cup", {"player": "lost", "score": 9, "displayName": "Lost"})
    put(client, "gone")
    submit(client, "gone", {"player": "lost", "score": 9})
    parts.followers.catch_up("boards")
    parts.followers.catch_up("audit")
    clock.advance(seconds=60)
    return f"sqlite:///{tmp_path / 'backup.db'}"


def players(client, board):
    return [row["player"]["id"] for row in list_entries(client, board)["entries"]]


@pytest.mark.parametrize("journal", ["short", "long"])
def test_scores_after_the_backup_are_on_no_board(backup, make_parts, monkeypatch, redis, journal):
    if journal == "long":
        monkeypatch.setattr(follow, "SHORT", -1)  # every rebuild is left to the worker
    parts = make_parts(backup)
    client = client_of(parts)

    report = submit(client, "cup", {"player": "new", "score": 5})
    on_board = players(client, "cup")

    assert on_board == ["new", "kept"]
    assert report["standings"][0]["rank"] == (1 if journal == "short" else None)
    assert "lost" not in str(redis.hkeys("sb:{cup/all/}:members")) or journal == "long"
    parts.followers.catch_up("boards")
    assert sorted(redis.hkeys("sb:{cup/all/}:members")) == ["kept", "new"]
    assert redis.keys("sb:{gone/*") == []
    assert redis.hgetall(rediskeys.names()) == {}
    assert parts.boards.verifier.run() == []


def test_a_restored_journal_is_detected_even_if_it_is_as_long_as_the_lost_one(
    backup, make_parts, monkeypatch, redis
):
    position = redis.hget(rediskeys.applied(0), "position")
    monkeypatch.setattr(follow, "SHORT", -1)
    parts = make_parts(backup)
    client = create_app(parts).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer bootstrap-key-of-the-tests"
    while parts.journal.head().seq <= int(position) + 3:
        submit(client, "cup", {"player": "new", "score": 5})

    assert players(client, "cup") == ["new", "kept"]
    assert parts.followers.lag("boards") is None
    assert client.get("/readyz").json["checks"]["follower:boards"]["state"] == "rebuilding"
    parts.followers.catch_up("boards")
    assert parts.followers.lag("boards") == 0
    assert players(client, "cup") == ["new", "kept"]
    assert parts.boards.verifier.run() == []


def test_the_audit_log_follows_the_restored_journal(backup, make_parts):
    parts = make_parts(backup)
    client = client_of(parts)
    submit(client, "cup", {"player": "new", "score": 5})
    assert parts.followers.lag("audit") is None

    parts.followers.catch_up("audit")

    text = "SELECT seq, at, player FROM {} ORDER BY seq"
    audit_lines = parts.base.audit_database.run(lambda db: rows(db, text.format("audit")))
    assert audit_lines == parts.base.database.run(lambda db: rows(db, text.format("journal")))
    assert parts.followers.lag("audit") == 0


def test_a_process_that_runs_while_a_backup_is_put_in_place_notices(make_parts, sqlite_url, redis, clock):
    parts = make_parts(sqlite_url)
    parts.followers.catch_up("boards")
    client = client_of(parts)
    submit(client, "main", {"player": "kept", "score": 1})
    assert parts.boards.projector.health.is_current()

    redis.hset(rediskeys.applied(0), mapping={"mark": "1-another", "newest-mark": "1-another"})

    wait_until(lambda: not parts.boards.projector.health.is_current(), seconds=2)
    assert players(client, "main") == ["kept"]
    parts.followers.catch_up("boards")
    wait_until(parts.boards.projector.health.is_current, seconds=2)


def test_viewers_get_the_restored_board_in_a_new_epoch(backup, make_parts, redis):
    redis.hset(rediskeys.head(), mapping={"epoch": "5", "seq": "7", "server": "x", "boards": "0"})
    parts = make_parts(backup)
    parts.followers.catch_up("boards")

    assert not redis.exists(rediskeys.head())
