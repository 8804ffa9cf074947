"""History: entries of closed periods, which a server imports."""

from __future__ import annotations

import pytest

from tests.boards.calls import list_entries, players, put, refusal, score, submit

DAY, LATER = "2026-01-01", "2026-01-03T00:00:00.000Z"


@pytest.fixture
def closed_day(client, parts, clock):
    """A daily board, two days after a day that ada won, which is closed; and a key that may import."""
    put(client, "day", period="daily", regions=["eu"], windows=["all"])
    score(client, "day", ada=5, bob=3)
    clock.advance(days=2)
    assert parts.boards.admin.close_due_periods() == 1
    parts.followers.catch_up("boards")
    _, key = parts.accounts.keys.create("history", ["scores:import"])
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def late_entry(player, amount, day=DAY, **more):
    return {"player": player, "score": amount, "occurredAt": f"{day}T12:00:00Z", **more}


def check_views(parts):
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []


def test_a_closed_period_is_ranked_again_and_says_that_it_was_revised(closed_day, parts, redis):
    report = submit(closed_day, "day", late_entry("eve", 4), late_entry("bob", 3, region="eu"))

    assert (report["accepted"], report["rejected"]) == (2, [])
    for _ in ("shown by Redis", "read from SQL"):
        data = list_entries(closed_day, "day", period=DAY)
        assert [(row["player"]["id"], row["score"]) for row in data["entries"]] == [
            ("bob", 6),
            ("ada", 5),
            ("eve", 4),
        ]
        assert data["revisedAt"] == LATER
        redis.flushall()
    assert list_entries(closed_day, "day", period=DAY, region="eu")["total"] == 1
    (period,) = closed_day.get("/v1/boards/day/periods").json["data"]
    assert (period["id"], period["entries"], period["revisedAt"]) == (DAY, 3, LATER)
    assert parts.boards.windows.due(2**45) == []  # nothing waits to be closed again
    check_views(parts)


def test_a_period_without_changes_is_not_called_revised(closed_day):
    submit(closed_day, "day", {"player": "eve", "score": 1})

    assert "revisedAt" not in list_entries(closed_day, "day", period=DAY)
    assert "revisedAt" not in list_entries(closed_day, "day")
    assert "revisedAt" not in closed_day.get("/v1/boards/day/periods").json["data"][0]


def test_ranks_come_with_the_answer_while_redis_holds_the_period_and_are_null_after_that(
    closed_day, parts, redis
):
    def ranks(report):
        return {one["period"]: one["rank"] for one in report["standings"]}

    first = submit(closed_day, "day", late_entry("eve", 9))
    redis.flushall()
    parts.followers.catch_up("boards")
    second = submit(closed_day, "day", late_entry("eve", 1))

    assert ranks(first)[DAY] == 1
    assert ranks(second) == {DAY: None, "all": 1}
    assert "degraded" not in first
    assert "degraded" not in second
    check_views(parts)


def test_periods_of_long_ago_are_opened_closed_and_not_shown_by_redis(closed_day, parts, redis):
    submit(closed_day, "day", late_entry("eve", 4, day="2019-05-01"))

    assert players(closed_day, "day", period="2019-05-01") == ["eve"]
    newest, oldest = closed_day.get("/v1/boards/day/periods").json["data"]
    assert (newest["id"], oldest["id"]) == (DAY, "2019-05-01")
    assert oldest["closedAt"] == oldest["revisedAt"] == LATER
    assert not redis.exists("sb:{day/2019-05-01/}:order")
    assert parts.boards.admin.close_due_periods() == 0
    check_views(parts)


def test_a_closed_period_still_expires_in_redis_after_a_week(closed_day, redis):
    submit(closed_day, "day", late_entry("eve", 4))

    for key in redis.scan_iter(f"sb:{{day/{DAY}/}}:*"):
        assert redis.ttl(key) > 0, key


def test_an_imported_entry_counts_once(closed_day):
    entry = late_entry("eve", 4, idempotencyKey="1")

    assert submit(closed_day, "day", entry)["accepted"] == 1
    assert submit(closed_day, "day", entry)["replayed"] == 1
    assert list_entries(closed_day, "day", period=DAY)["entries"][1]["score"] == 4


def test_a_replay_beside_an_import_into_its_period_loses_no_entry(client, parts, clock):
    put(client, "day", period="daily")
    _, key = parts.accounts.keys.create("history", ["scores:import"])
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    old = {"player": "ada", "score": 5, "idempotencyKey": "1"}
    submit(client, "day", old)
    clock.advance(days=2)

    report = submit(client, "day", late_entry("eve", 4), old)

    assert (report["accepted"], report["replayed"]) == (1, 1)
    assert list_entries(client, "day", period=DAY)["total"] == 2
    check_views(parts)


def test_a_thousand_days_come_in_one_batch(closed_day, parts):
    days = [f"{2000 + at // 336}-{at % 336 // 28 + 1:02}-{at % 28 + 1:02}" for at in range(1000)]

    report = submit(closed_day, "day", *(late_entry("eve", 1, day=day) for day in days))

    assert (report["accepted"], report["rejected"]) == (1000, [])
    assert list_entries(closed_day, "day", period="all")["entries"][0]["score"] == 1000


def test_an_import_without_the_scope_is_refused_and_the_scope_is_named(closed_day, parts):
    _, key = parts.accounts.keys.create("game", ["scores:write", "admin"])

    for day in (DAY, "2019-05-01"):
        report = submit(closed_day, "day", late_entry("eve", 4, day=day), Authorization=f"Bearer {key}")
        assert [one["code"] for one in report["rejected"]] == ["period_closed"]
        assert "scores:import" in report["rejected"][0]["detail"]
    assert players(closed_day, "day", period=DAY) == ["ada", "bob"]


def test_an_entry_that_was_sent_before_the_key_had_the_scope_is_the_same_entry(client, parts, clock):
    put(client, "day", period="daily")
    entry = late_entry("eve", 4, idempotencyKey="1")
    key, secret = parts.accounts.keys.create("game", ["scores:write"])
    clock.advance(days=1)
    submit(client, "day", entry, Authorization=f"Bearer {secret}")
    parts.accounts.keys._register(key.id, "game", ("scores:import",), secret)
    parts.accounts.keys._cache.clear()

    assert submit(client, "day", entry, Authorization=f"Bearer {secret}")["replayed"] == 1


@pytest.mark.one_database
def test_the_journal_and_the_audit_log_know_the_key(closed_day, parts):
    submit(closed_day, "day", late_entry("eve", 4))
    line = parts.journal.after(parts.journal.start, 1000)[-1]
    key = next(one for one in parts.accounts.keys.all() if one.name == "history")
    assert (line.fact.data["import"], line.fact.context["caller"]) == (True, key.id)

    parts.followers.catch_up("audit")
    text = f"SELECT caller, detail FROM audit WHERE seq = {line.seq}"
    ((caller, detail),) = parts.base.audit_database.run(lambda db: db.execute_sql(text).fetchall())
    assert caller == key.id
    assert '"import":true' in detail


@pytest.mark.one_database
def test_a_key_without_either_scope_is_refused(client, parts):
    _, key = parts.accounts.keys.create("boards", ["boards:write"])
    answer = client.post(
        "/v1/boards/main/scores",
        json={"entries": [{"player": "ada", "score": 1}]},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert refusal(answer) == (403, "insufficient_scope")
