"""Periods: half-open, without gap or overlap, also when clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoreboard.boards.periods import ALL, PeriodError, before, check_window, period_at
from scoreboard.core.clock import parse, rfc3339

HOUR = 3_600_000
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # its clocks move by half an hour
    "America/Sao_Paulo",  # its clocks moved at midnight until 2019
    "Pacific/Apia",  # had no 30th of December in 2011
    "Asia/Kathmandu",
    "America/Havana",  # has midnight twice when summer ends
]
KINDS = ["daily", "weekly", "monthly", "0 3 * * *", "30 2 * * *", "0 0 * * 1", "*/15 * * * *", "0 12 1 * *"]


def at(text, zone="UTC"):
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def hours(period):
    return (period.ends_at - period.starts_at) / HOUR


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(ZONES),
    st.integers(parse("2005-01-01T00:00:00Z"), parse("2035-01-01T00:00:00Z")),
)
@example("*/15 * * * *", "Europe/Berlin", parse("2005-10-30T00:45:00Z"))  # the hour that comes twice
@example("*/15 * * * *", "Europe/Berlin", parse("2005-10-30T01:10:00Z"))
def test_periods_follow_one_another_without_gap_or_overlap(kind, zone, instant):
    period = period_at(kind, zone, instant)

    following = period_at(kind, zone, period.ends_at)

    assert period.covers(instant)
    assert following.starts_at == period.ends_at
    assert following.id != period.id
    assert period_at(kind, zone, period.ends_at - 1) == period
    assert period_at(kind, zone, period.starts_at) == period
    assert before(following, zone) == period


@pytest.mark.parametrize(
    ("zone", "noon", "length"),
    [
        ("Europe/Berlin", "2026-03-29T12:00", 23),
        ("Europe/Berlin", "2026-10-25T12:00", 25),
        ("America/New_York", "2026-03-08T12:00", 23),
        ("America/New_York", "2026-11-01T12:00", 25),
        ("Australia/Lord_Howe", "2026-04-05T12:00", 24.5),
        ("Australia/Lord_Howe", "2026-10-04T12:00", 23.5),
        ("America/Sao_Paulo", "2018-11-04T12:00", 23),
        ("America/Sao_Paulo", "2018-02-17T12:00", 25),
        ("Europe/Berlin", "2026-06-01T12:00", 24),
    ],
)
def test_a_day_is_as_long_as_its_clocks_make_it(zone, noon, length):
    assert hours(period_at("daily", zone, at(noon, zone))) == length


def test_a_day_without_midnight_begins_when_its_clocks_jump():
    day = period_at("daily", "America/Sao_Paulo", at("2018-11-04T12:00", "America/Sao_Paulo"))

    assert (day.id, rfc3339(day.starts_at)) == ("2018-11-04", "2018-11-04T03:00:00.000Z")


def test_a_day_that_a_country_skipped_is_no_period():
    last = period_at("daily", "Pacific/Apia", at("2011-12-29T12:00", "Pacific/Apia"))

    following = period_at("daily", "Pacific/Apia", last.ends_at)

    assert (last.id, following.id) == ("2011-12-29", "2011-12-31")
    assert (hours(last), hours(following)) == (24, 24)


@pytest.mark.parametrize(
    ("kind", "zone", "instant", "id", "starts", "ends"),
    [
        ("daily", "UTC", "2024-02-29T23:59:59.999Z", "2024-02-29", "2024-02-29T00:00Z", "2024-03-01T00:00Z"),
        ("daily", "Asia/Tokyo", "2026-01-01T15:00Z", "2026-01-02", "2026-01-01T15:00Z", "2026-01-02T15:00Z"),
        ("weekly", "UTC", "2026-01-01T00:00Z", "2026-W01", "2025-12-29T00:00Z", "2026-01-05T00:00Z"),
        ("weekly", "UTC", "2021-01-03T23:00Z", "2020-W53", "2020-12-28T00:00Z", "2021-01-04T00:00Z"),
        ("monthly", "UTC", "2024-02-29T12:00Z", "2024-02", "2024-02-01T00:00Z", "2024-03-01T00:00Z"),
        ("monthly", "UTC", "2023-02-28T12:00Z", "2023-02", "2023-02-01T00:00Z", "2023-03-01T00:00Z"),
        (
            "monthly",
            "Europe/Berlin",
            "2026-12-31T22:59Z",
            "2026-12",
            "2026-11-30T23:00Z",
            "2026-12-31T23:00Z",
        ),
        (
            "0 12 * * 5",
            "UTC",
            "2026-01-02T11:59Z",
            "20251226T1200Z",
            "2025-12-26T12:00Z",
            "2026-01-02T12:00Z",
        ),
        (
            "0 12 * * 5",
            "UTC",
            "2026-01-02T12:00Z",
            "20260102T1200Z",
            "2026-01-02T12:00Z",
            "2026-01-09T12:00Z",
        ),
        (
            "0 0 29 2 *",
            "UTC",
            "2026-01-01T00:00Z",
            "20240229T0000Z",
            "2024-02-29T00:00Z",
            "2028-02-29T00:00Z",
        ),
    ],
)
def test_an_instant_falls_into_one_period(kind, zone, instant, id, starts, ends):
    period = period_at(kind, zone, parse(instant))

    assert (period.id, period.starts_at, period.ends_at) == (id, parse(starts), parse(ends))


def test_a_cron_hour_that_summer_time_skips_ticks_all_the_same():
    day = period_at("30 2 * * *", "Europe/Berlin", at("2026-03-28T12:00", "Europe/Berlin"))

    assert rfc3339(day.starts_at) == "2026-03-28T01:30:00.000Z"
    assert day.ends_at in (at("2026-03-29T03:00", "Europe/Berlin"), at("2026-03-29T03:30", "Europe/Berlin"))


def test_a_cron_hour_that_winter_time_repeats_ticks_once():
    day = period_at("30 2 * * *", "Europe/Berlin", at("2026-10-25T12:00", "Europe/Berlin"))
    eve = before(day, "Europe/Berlin")

    assert rfc3339(eve.starts_at) == "2026-10-24T00:30:00.000Z"
    assert hours(eve) + hours(day) == 49


def test_all_time_has_no_bounds_and_nothing_before_it():
    assert period_at("all", "UTC", 0) is ALL
    assert before(ALL, "UTC") is None


@pytest.mark.parametrize(
    "kind", ["", "hourly", "* * * *", "* * * * * *", "0 0 31 2 *", "99 * * * *", "@daily"]
)
def test_a_cron_expression_that_never_fires_is_not_a_period(kind):
    with pytest.raises(PeriodError):
        check_window(kind)
