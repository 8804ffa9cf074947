"""Time zones: the IANA list, and boards with another one from earlier versions."""

from __future__ import annotations

import logging

import pytest

from scoreboard.boards.periods import period_at
from scoreboard.boards.types import Definition
from scoreboard.boards.zones import is_listed, zone_named
from scoreboard.core.clock import parse, rfc3339
from tests.boards.calls import players, put, submit

NOON = parse("2026-01-15T12:00:00Z")


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "US/Pacific", "Etc/GMT+5", "Asia/Calcutta", "EST5EDT"]
)
def test_a_name_of_the_iana_list_is_listed_and_known_here(name):
    assert is_listed(name)
    assert zone_named(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        "localtime",
        "posixrules",
        "right/Europe/Berlin",
        "posix/Europe/Berlin",
        "europe/berlin",
        "Factory",
        "tzdata.zi",
        "/etc/localtime",
        "Europe",
        "",
    ],
)
def test_other_zone_files_of_a_machine_are_refused(name):
    assert not is_listed(name)


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("right/No/Such", "2026-01-15T00:00:00.000Z"),
        ("posix/Asia/Tokyo", "2026-01-14T15:00:00.000Z"),
        ("nowhere", "2026-01-15T00:00:00.000Z"),
    ],
)
def test_a_zone_that_this_machine_lacks_has_days_too(name, starts):
    assert rfc3339(period_at("daily", name, NOON).starts_at) == starts


def test_a_board_of_earlier_versions_keeps_running_and_is_warned_of(client, parts, caplog):
    put(client, "old", period="daily")
    parts.boards.admin._define("old", Definition(period="daily", time_zone="localtime"), context={})
    with caplog.at_level(logging.WARNING):
        parts.preparation.prepare()

    (record,) = [one for one in caplog.records if "IANA list" in one.getMessage()]
    assert (record.board, record.timeZone) == ("old", "localtime")
    submit(client, "old", {"player": "ada", "score": 3})
    assert players(client, "old") == ["ada"]
    answer = client.put("/v1/admin/boards/old", json={"period": "daily", "timeZone": "localtime"})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == "timeZone"
