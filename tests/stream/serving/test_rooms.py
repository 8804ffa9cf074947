"""Rooms: the assignment of viewers, and the balance of processes."""

from __future__ import annotations

import re

import pytest

from scoreboard.core.errors import NotFound
from scoreboard.ops.exposition import exposition
from scoreboard.stream.publishing.publisher import LONGEST_TICK_SECONDS, next_tick
from scoreboard.stream.serving.rooms import surplus
from tests.boards.calls import put


@pytest.fixture
def assign(client, parts):
    put(client, "cup", regions=["eu", "us"], windows=["daily"])
    return parts.stream.rooms.assign


@pytest.mark.parametrize(
    ("scope", "region", "profile", "near", "room"),
    [
        ("cup", "", "eu", "us", "cup"),
        ("cup", "us", "eu", "eu", "cup:us"),
        ("cup", "auto", "eu", "us", "cup:eu"),
        ("cup", "auto", "", "us", "cup:us"),
        ("cup", "auto", "mars", "us", "cup:us"),
        ("cup", "auto", "", "mars", "cup"),
        ("cup", "auto", "", "", "cup"),
        ("cup:us", "eu", "", "", "cup:us"),
        ("cup@daily", "eu", "", "", "cup:eu@daily"),
    ],
)
def test_a_viewer_is_assigned_the_region_of_its_request_profile_or_proxy(
    assign, scope, region, profile, near, room
):
    assert assign(scope, region, profile=profile, near=near) == room


def test_a_missing_region_is_refused(parts, assign):
    with pytest.raises(NotFound):
        parts.stream.scopes.board(assign("cup", "mars"))


@pytest.mark.parametrize(
    ("scope", "code"),
    [("cup:mars", "region_not_found"), ("cup@weekly", "period_not_found"), ("no", "board_not_found")],
)
def test_missing_stream_scopes_are_refused(parts, assign, scope, code):
    with pytest.raises(NotFound) as raised:
        parts.stream.scopes.window(scope)

    assert raised.value.code == code


def test_every_window_that_a_score_feeds_can_be_streamed(parts, assign):
    mine = [scope for scope in parts.stream.scopes.all() if scope.startswith("cup")]

    assert mine == ["cup", "cup:eu", "cup:us", "cup@daily", "cup:eu@daily", "cup:us@daily"]
    assert all(parts.stream.scopes.board(scope).id == "cup" for scope in mine)


@pytest.mark.parametrize(
    ("mine", "others", "leaving", "expected"),
    [
        (1000, [], False, 0),
        (130, [70], False, 0),
        (131, [69], False, 21),
        (115, [85], False, 0),
        (115, [85], True, 5),
        (109, [91], True, 0),
        (50, [0, 0], False, 0),
    ],
)
def test_a_crowded_process_sends_viewers_away_until_it_is_even(mine, others, leaving, expected):
    assert surplus(mine, [mine, *others], leaving=leaving) == expected


def test_reports_of_other_processes_are_read_and_dropped_when_these_have_ended(
    parts, make_parts, sqlite_url, clock
):
    other = make_parts(sqlite_url)
    other.stream.rooms.exchange()
    parts.stream.rooms.exchange()
    assert parts.stream.rooms.reports.keys() == {parts.stream.rooms.process, other.stream.rooms.process}

    clock.advance(seconds=11)
    parts.stream.rooms.exchange()

    assert parts.stream.rooms.reports.keys() == {parts.stream.rooms.process}


def test_frames_come_less_often_while_writing_them_takes_long():
    tick = slow = 0.25
    for _ in range(10):
        slow = next_tick(slow, tick, 1.5)
    again = slow
    for _ in range(20):
        again = next_tick(again, tick, 0.01)

    assert (slow, again) == (LONGEST_TICK_SECONDS, tick)
    assert next_tick(tick, tick, 0.1) == tick


def labels(parts):
    """The processes in the labels of metrics."""
    return set(
        re.findall(
            r'scoreboard_stream_lag_frames\{process="(\w+)"\}',
            "\n".join(exposition(parts.stream.rooms.families())),
        )
    )


def test_each_process_has_a_number_and_gives_it_to_the_next_one_when_it_ends(parts, make_parts, sqlite_url):
    second, third = make_parts(sqlite_url), make_parts(sqlite_url)
    for one in (parts, second, third, parts):
        one.stream.rooms.exchange()
    assert [one.stream.rooms.process for one in (parts, second, third)] == ["1", "2", "3"]
    assert labels(parts) == {"1", "2", "3"}

    second.stream.rooms.loop.stop()
    again = make_parts(sqlite_url)
    for one in (third, again, parts):
        one.stream.rooms.exchange()

    assert [one.stream.rooms.process for one in (parts, third, again)] == ["1", "3", "2"]
    assert labels(parts) == {"1", "2", "3"}


def test_a_process_that_was_silent_for_long_does_not_share_its_number(parts, make_parts, sqlite_url, clock):
    parts.stream.rooms.exchange()
    clock.advance(seconds=11)
    other = make_parts(sqlite_url)

    other.stream.rooms.exchange()
    parts.stream.rooms.exchange()

    assert (other.stream.rooms.process, parts.stream.rooms.process) == ("1", "2")
    assert parts.stream.rooms.reports.keys() == {"1", "2"}


def test_processes_keep_their_numbers_through_an_emptied_redis(parts, make_parts, sqlite_url, redis):
    other = make_parts(sqlite_url)
    parts.stream.rooms.exchange()
    other.stream.rooms.exchange()
    redis.flushall()

    other.stream.rooms.exchange()
    parts.stream.rooms.exchange()

    assert (parts.stream.rooms.process, other.stream.rooms.process) == ("1", "2")
