"""Past periods: closed once, readable forever."""

from __future__ import annotations

import pytest

from tests.boards.calls import list_entries, pages, players, put, refusal, score, submit

DAY = "2026-01-01"


@pytest.fixture
def closed_day(client, parts, clock):
    """A daily board after a day that ada won, which is closed."""
    put(client, "day", period="daily", windows=["all"])
    score(client, "day", ada=5, bob=3)
    clock.advance(days=1)
    assert parts.boards.admin.close_due_periods() == 1
    return client


def test_a_new_day_begins_with_an_empty_board(closed_day):
    score(closed_day, "day", eve=1)

    assert players(closed_day, "day") == ["eve"]
    assert players(closed_day, "day", period="all") == ["ada", "bob", "eve"]


@pytest.mark.parametrize("period", ["previous", DAY])
def test_a_day_that_is_over_is_read_by_its_id_or_as_the_previous_one(closed_day, period, redis):
    for _ in ("shown by Redis", "read from SQL"):
        data = list_entries(closed_day, "day", period=period)
        assert [row["player"]["id"] for row in data["entries"]] == ["ada", "bob"]
        assert (data["period"], data["id"]) == (DAY, None)
        redis.flushall()


def test_paging_through_a_day_continues_after_it_is_over(client, clock):
    put(client, "day", period="daily")
    score(client, "day", a=3, b=2, c=1)
    reading = pages(client, "day", limit=2)
    next(reading)
    clock.advance(days=1)

    assert [row["player"]["id"] for row in next(reading)] == ["c"]


def test_a_score_that_comes_too_late_is_refused(closed_day, parts):
    _, key = parts.accounts.keys.create("game", ["scores:write"])
    late = {"player": "eve", "score": 9, "occurredAt": f"{DAY}T23:59:59.999Z"}
    report = submit(closed_day, "day", late, Authorization=f"Bearer {key}")

    assert [one["code"] for one in report["rejected"]] == ["period_closed"]
    assert "scores:import" in report["rejected"][0]["detail"]
    assert players(closed_day, "day", period=DAY) == ["ada", "bob"]
    assert players(closed_day, "day", period="all") == ["ada", "bob"]


def test_a_score_that_comes_late_counts_for_its_own_day_until_that_is_closed(client, clock):
    put(client, "day", period="daily")
    score(client, "day", ada=5)
    clock.advance(days=1)

    submit(client, "day", {"player": "bob", "score": 9, "occurredAt": f"{DAY}T12:00:00Z"})

    assert players(client, "day", period=DAY) == ["bob", "ada"]
    assert players(client, "day") == []


def test_closing_twice_closes_once(closed_day, parts):
    assert parts.boards.admin.close_due_periods() == 0


def test_two_processes_close_a_period_once(make_parts, parts, client, clock, database_url):
    put(client, "day", period="daily", regions=["eu"])
    submit(client, "day", {"player": "ada", "score": 1, "region": "eu"})
    clock.advance(days=1)
    due = make_parts(database_url)

    assert parts.boards.admin.close_due_periods() + due.boards.admin.close_due_periods() == 1


def test_past_periods_are_listed_newest_first_page_by_page(client, parts, clock):
    put(client, "day", period="daily")
    for number in range(5):
        score(client, "day", **{f"p{n}": 1 for n in range(number + 1)})
        clock.advance(days=1)
    parts.boards.admin.close_due_periods()

    first = client.get("/v1/boards/day/periods?limit=3").json
    rest = client.get(f"/v1/boards/day/periods?limit=3&cursor={first['page']['next']}").json

    assert [one["id"] for one in first["data"]] == ["2026-01-05", "2026-01-04", "2026-01-03"]
    assert [one["id"] for one in rest["data"]] == ["2026-01-02", "2026-01-01"]
    assert rest["page"]["next"] is None
    assert first["data"][0] == {
        "id": "2026-01-05",
        "kind": "daily",
        "startsAt": "2026-01-05T00:00:00.000Z",
        "endsAt": "2026-01-06T00:00:00.000Z",
        "closedAt": "2026-01-06T00:00:00.000Z",
        "entries": 5,
    }


def test_the_running_period_is_not_listed_as_past(client):
    put(client, "day", period="daily")
    score(client, "day", ada=1)

    assert client.get("/v1/boards/day/periods").json["data"] == []


def test_a_closed_period_stays_after_its_board_is_read_for_a_long_time(closed_day, parts, clock, redis):
    clock.advance(days=4000)
    parts.boards.admin.close_due_periods()
    redis.flushall()

    assert players(closed_day, "day", period=DAY) == ["ada", "bob"]


def test_a_board_shows_its_current_period_in_its_own_time_zone(client):
    put(client, "day", period="daily", timeZone="America/New_York")

    board = client.get("/v1/boards/day").json["data"]

    assert board["currentPeriod"] == {
        "id": "2025-12-31",
        "startsAt": "2025-12-31T05:00:00.000Z",
        "endsAt": "2026-01-01T05:00:00.000Z",
    }
    assert (board["serverNow"], board["entries"]) == ("2026-01-01T00:00:00.000Z", 0)


def test_a_board_without_periods_has_no_previous_period(client):
    assert refusal(client.get("/v1/boards/main/entries?period=previous")) == (404, "period_not_found")


def test_one_score_feeds_every_window_and_its_region(client):
    put(client, "cup", windows=["daily", "weekly", "monthly"], regions=["eu"])

    report = submit(client, "cup", {"player": "ada", "score": 5, "region": "eu"})

    found = {(one["period"], one["region"]) for one in report["standings"]}
    periods = ["all", "2026-01-01", "2026-W01", "2026-01"]
    assert found == {(period, region) for period in periods for region in (None, "eu")}
    for kind in ("all", "daily", "weekly", "monthly"):
        assert players(client, "cup", period=kind, region="eu") == ["ada"]
