"""Instants as numbers and as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoreboard.core.clock import LATEST, from_datetime, parse, rfc3339, to_datetime

instants = st.integers(0, LATEST)


@given(instants)
def test_an_instant_survives_being_written(at):
    assert parse(rfc3339(at)) == at
    assert from_datetime(to_datetime(at)) == at


@given(instants, instants)
def test_written_instants_sort_as_they_follow_one_another(one, other):
    assert (rfc3339(one) < rfc3339(other)) == (one < other)


def test_an_instant_is_written_in_utc_with_milliseconds():
    assert rfc3339(1_767_225_900_007) == "2026-01-01T00:05:00.007Z"


def test_an_offset_is_taken_into_account():
    assert parse("2026-01-01T02:05:00+02:00") == parse("2026-01-01T00:05:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_an_invalid_time_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse(text)
