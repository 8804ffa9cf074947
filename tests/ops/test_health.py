"""Health checks: the readiness to accept scores, and the state of each part."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage.db import execute
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseBusy, DatabaseDenied, DatabaseFull, DatabaseLost
from scoreboard.journal.probe import WriteProbe
from scoreboard.ops.wire import Reason
from tests.actions.play import Player
from tests.boards.calls import list_entries, submit
from tests.support import KEY, free_port

pytestmark = pytest.mark.one_database


def test_a_process_that_answers_is_healthy(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_deployment_that_accepts_scores_is_ready(client, parts):
    for name in parts.followers.names:
        parts.followers.catch_up(name)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert {name: check["state"] for name, check in answer.json["checks"].items()} == {
        "database": "ok",
        "redis": "ok",
        **{f"follower:{name}": "ok" for name in parts.followers.names},
    }
    assert all(check["ms"] >= 0 for check in answer.json["checks"].values())
    assert answer.json["checks"]["database"]["sqlite"]
    assert answer.json["checks"]["follower:audit"]["behind"] == 0
    assert answer.json["version"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.fixture
def invalid_credentials(parts):
    """Authorization headers without a valid server key."""
    guest = Player(parts)
    moderator = Player(parts)
    parts.accounts.players.grant(moderator.id, "admin", context={})
    parts.base.clock.advance(ms=1)
    moderator.renew()
    key, secret = parts.accounts.keys.create("old", ["admin"])
    parts.accounts.keys.revoke(key.id)
    tokens = (guest.session["accessToken"], moderator.session["accessToken"], "sk_made_up", secret, "")
    return ["", "Basic YTpi", "Bearer", *(f"Bearer {token}" for token in tokens)]


def test_without_a_valid_server_key_neither_versions_nor_lags_are_shown(client, parts, invalid_credentials):
    for name in parts.followers.names:
        parts.followers.catch_up(name)
    follower_checks = [f"follower:{name}" for name in parts.followers.names]

    answers = [client.get("/readyz", headers={"Authorization": header}) for header in invalid_credentials]

    for answer in answers:
        assert answer.status_code == 200
        assert answer.json == {
            "status": "ready",
            "checks": {name: {"state": "ok"} for name in ("database", "redis", *follower_checks)},
        }


def test_a_follower_that_is_behind_or_being_built_is_shown_and_its_lag_to_keys_only(
    client, parts, redis, monkeypatch
):
    monkeypatch.setattr("scoreboard.ops.service.MAX_LAG", 1)
    submit(client, "main", {"player": "ada", "score": 5})
    redis.flushall()

    public = client.get("/readyz", headers={"Authorization": ""}).json["checks"]
    detailed = client.get("/readyz").json["checks"]

    assert public["follower:boards"] == {"state": "rebuilding", "reason": "rebuilding"}
    assert public["follower:audit"] == {"state": "behind", "reason": "behind"}
    assert detailed["follower:boards"]["behind"] is None
    assert detailed["follower:audit"]["behind"] >= 1


def test_before_the_boards_file_is_applied_it_is_not_ready(client, parts):
    parts.preparation.done.clear()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (503, "not ready")


def test_health_needs_no_key(client):
    for path in ("/healthz", "/readyz"):
        assert client.get(path, headers={"Authorization": ""}).status_code == 200


@pytest.fixture
def without_redis(make_parts, database_url):
    """A client of a deployment whose Redis does not answer."""
    parts = make_parts(database_url, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    client = create_app(parts).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    return client


def test_without_redis_the_deployment_is_ready(without_redis):
    answer = without_redis.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["checks"]["redis"] == {
        "state": "away",
        "reason": "unreachable",
        "error": "RedisAway",
    }


def test_without_redis_scores_are_accepted_and_boards_are_read(without_redis):
    report = submit(without_redis, "main", {"player": "ada", "score": 5}, {"player": "bob", "score": 9})

    assert (report["accepted"], report["degraded"]) == (2, True)
    assert [one["rank"] for one in report["standings"]] == [None, None]
    assert [row["player"]["id"] for row in list_entries(without_redis, "main")["entries"]] == ["bob", "ada"]
    assert without_redis.get("/v1/boards/main/entries/ada").json["data"]["rank"] == 2
    assert without_redis.get("/v1/boards/main/rank-for?score=7").json["data"]["rank"] == 2


def test_checks_contain_no_address(without_redis):
    text = without_redis.get("/readyz").text

    assert "127.0.0.1" not in text
    assert "redis://" not in text


@pytest.fixture
def without_database(make_parts, sqlite_url, tmp_path):
    """Parts that have used their key, and have lost their database: SQLite creates an empty one instead."""
    parts = make_parts(sqlite_url)
    parts.accounts.keys.find(KEY)
    parts.base.database._db.close()
    (tmp_path / "scoreboard.db").rename(tmp_path / "gone.db")
    return parts


def test_without_its_database_the_deployment_is_not_ready_for_all_callers(without_database):
    client = create_app(without_database).test_client()

    for header in ("", "Bearer sk_made_up"):
        answer = client.get("/readyz", headers={"Authorization": header})
        assert answer.status_code == 503
        assert answer.json["status"] == "not ready"
        assert answer.json["checks"]["database"] == {"state": "away", "reason": "not_migrated"}
        assert "version" not in answer.json


def test_without_its_database_a_key_that_is_known_still_gets_details(without_database):
    client = create_app(without_database).test_client()

    answer = client.get("/readyz", headers={"Authorization": f"Bearer {KEY}"})

    assert answer.status_code == 503
    assert answer.json["checks"]["database"]["error"] == "Denied"
    assert answer.json["version"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DatabaseLost("gone"), "unreachable"),
        (DatabaseBusy("locked"), "busy"),
        (DatabaseFull("no room"), "full"),
        (DatabaseDenied("a user of secret_host", "read_only"), "read_only"),
        (RedisAway("gone"), "unreachable"),
        (ConnectionRefusedError("gone"), "unreachable"),
        (ValueError("postgresql://ada:secret@db"), "failed"),
    ],
)
def test_a_failure_is_reported_as_one_of_a_few_reasons(parts, error, reason):
    def ask():
        raise error

    health = replace(parts.health, lags={"boards": ask})

    check = health.report()[1]["follower:boards"]

    name = type(error).__name__.removeprefix("Database")
    assert check == {"state": "away", "reason": reason, "error": name}
    assert reason in get_args(Reason)


def test_a_missing_table_that_only_writes_need_makes_the_deployment_unready(client, parts):
    submit(client, "main", {"player": "ada", "score": 5})
    rename = lambda old, new: parts.base.database.run(  # noqa: E731
        lambda db: execute(db, f"ALTER TABLE {old} RENAME TO {new}")
    )
    rename("journal", "away")
    refused = client.post("/v1/boards/main/scores", json={"entries": [{"player": "ada", "score": 5}]})
    readiness, board = client.get("/readyz"), list_entries(client, "main")
    rename("away", "journal")

    assert (refused.status_code, refused.json["code"]) == (503, "ledger_unavailable")
    assert "tables are missing" in refused.json["detail"]
    assert (readiness.status_code, readiness.json["checks"]["database"]["reason"]) == (503, "not_migrated")
    assert [row["score"] for row in board["entries"]] == [5]
    assert submit(client, "main", {"player": "ada", "score": 5})["accepted"] == 1
    assert client.get("/readyz").status_code == 200


def test_writing_is_tried_once_a_second_at_most(parts):
    now = [100.0]
    faults = [DatabaseFull("no room")]
    probe = WriteProbe(database=parts.base.database, fault=lambda: faults[0], monotonic=lambda: now[0])
    with pytest.raises(DatabaseFull):
        probe.check()
    faults[0] = None
    probe.check()
    parts.base.database.run(lambda db: execute(db, "ALTER TABLE journal_head RENAME TO away"))

    probe.check()  # it was tried within this second
    now[0] += 1.5
    with pytest.raises(DatabaseDenied):
        probe.check()
