"""Is it well, and can scores be taken?"""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from tests.boards.calls import listed, submit
from tests.support import KEY, free_port

pytestmark = pytest.mark.one_database


def test_a_process_that_answers_is_healthy(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_deployment_that_takes_scores_is_ready(client, parts):
    parts.followers.catch_up("audit")

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert {name: check["state"] for name, check in answer.json["checks"].items()} == {
        "database": "ok",
        "redis": "ok",
        "follower:boards": "ok",
        "follower:audit": "ok",
    }
    assert all(check["ms"] >= 0 for check in answer.json["checks"].values())


def test_before_the_boards_file_is_applied_it_is_not_ready(client, parts):
    parts.prepared.clear()

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


def test_without_redis_it_is_ready_all_the_same(without_redis):
    answer = without_redis.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["checks"]["redis"]["state"] == "away"


def test_without_redis_scores_are_taken_and_boards_are_read(without_redis):
    report = submit(without_redis, "main", {"player": "ada", "score": 5}, {"player": "bob", "score": 9})

    assert (report["accepted"], report["degraded"]) == (2, True)
    assert [one["rank"] for one in report["standings"]] == [None, None]
    assert [row["player"]["id"] for row in listed(without_redis, "main")["entries"]] == ["bob", "ada"]
    assert without_redis.get("/v1/boards/main/entries/ada").json["data"]["rank"] == 2
    assert without_redis.get("/v1/boards/main/rank-for?score=7").json["data"]["rank"] == 2


def test_a_state_tells_no_address(without_redis):
    text = without_redis.get("/readyz").text

    assert "127.0.0.1" not in text
    assert "redis://" not in text


def test_without_its_database_it_is_not_ready(make_parts, sqlite_url, tmp_path):
    parts = make_parts(sqlite_url)
    parts.database._db.close()
    (tmp_path / "scoreboard.db").rename(tmp_path / "gone.db")
    client = create_app(parts).test_client()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["database"]["state"] == "away"
