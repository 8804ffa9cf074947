"""Invalid entries are refused, and the valid ones beside them count."""

from __future__ import annotations

import json

import pytest

from tests.boards.calls import list_entries, put, submit

pytestmark = pytest.mark.one_database

BAD = {
    "no player": ({"score": 1}, "validation_failed"),
    "no score": ({"player": "ada"}, "validation_failed"),
    "an unknown field": ({"player": "ada", "score": 1, "rank": 1}, "validation_failed"),
    "a player's id with a space": ({"player": "a b", "score": 1}, "validation_failed"),
    "a player's id with a line's end": ({"player": "ada\n", "score": 1}, "validation_failed"),
    "a player's id of 65": ({"player": "x" * 65, "score": 1}, "validation_failed"),
    "an empty player's id": ({"player": "", "score": 1}, "validation_failed"),
    "a text as score": ({"player": "ada", "score": "1"}, "validation_failed"),
    "true as score": ({"player": "ada", "score": True}, "validation_failed"),
    "half a point": ({"player": "ada", "score": 0.5}, "validation_failed"),
    "null as score": ({"player": "ada", "score": None}, "validation_failed"),
    "a score over the exact numbers": ({"player": "ada", "score": 2**53}, "validation_failed"),
    "a score of 4000 digits": ({"player": "ada", "score": 10**3999}, "validation_failed"),
    "an unknown operator": ({"player": "ada", "score": 1, "operator": "add"}, "validation_failed"),
    "a column over the exact numbers": (
        {"player": "ada", "score": 1, "columns": {"wins": 2**53}},
        "validation_failed",
    ),
    "metadata that is no object": ({"player": "ada", "score": 1, "metadata": [1]}, "validation_failed"),
    "a key of 129": ({"player": "ada", "score": 1, "idempotencyKey": "x" * 129}, "validation_failed"),
    "a time without an offset": (
        {"player": "ada", "score": 1, "occurredAt": "2025-12-31T00:00:00"},
        "validation_failed",
    ),
    "a time that is none": ({"player": "ada", "score": 1, "occurredAt": "noon"}, "validation_failed"),
    "a time before 1970": (
        {"player": "ada", "score": 1, "occurredAt": "1969-12-31T23:59:59Z"},
        "validation_failed",
    ),
    "no object": (3, "validation_failed"),
    "null": (None, "validation_failed"),
    "the future": ({"player": "ada", "score": 1, "occurredAt": "2026-01-01T00:01:01Z"}, "occurred_in_future"),
    "a score over the board's": ({"player": "ada", "score": 101, "operator": "set"}, "score_out_of_range"),
    "a score under the board's": ({"player": "ada", "score": -51, "operator": "best"}, "score_out_of_range"),
    "a sum under the board's": ({"player": "ada", "score": -60}, "increment_too_large"),
    "a step over the board's": ({"player": "ada", "score": 51}, "increment_too_large"),
    "a column that is none": ({"player": "ada", "score": 1, "columns": {"goals": 1}}, "unknown_column"),
    "a third column": (
        {"player": "ada", "score": 1, "columns": {"wins": 1, "x": 1, "y": 1}},
        "unknown_column",
    ),
    "a region that is none": ({"player": "ada", "score": 1, "region": "na"}, "unknown_region"),
    "metadata over 4 KiB": (
        {"player": "ada", "score": 1, "metadata": {"a": "x" * 4090}},
        "metadata_too_large",
    ),
    "a blank name": ({"player": "ada", "score": 1, "displayName": " "}, "invalid_display_name"),
}


@pytest.fixture
def cup(client):
    """A client of a board with bounds."""
    put(
        client,
        "cup",
        minScore=-50,
        maxScore=100,
        maxIncrement=50,
        columns=[{"name": "wins"}],
        regions=["eu"],
    )
    return client


@pytest.mark.parametrize(("entry", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_entry_is_refused_by_its_code_and_fails_alone(cup, entry, code):
    report = submit(cup, "cup", {"player": "bob", "score": 1}, entry, {"player": "eve", "score": 2})

    assert report["accepted"] == 2
    assert [(one["index"], one["code"]) for one in report["rejected"]] == [(1, code)]
    assert len(report["rejected"][0]["detail"]) < 500


def test_a_clock_may_be_a_minute_ahead(cup):
    report = submit(cup, "cup", {"player": "ada", "score": 1, "occurredAt": "2026-01-01T00:01:00Z"})

    assert report["accepted"] == 1


def test_metadata_may_have_4_kib(cup):
    metadata = {"a": "x" * (4096 - len('{"a":""}'))}

    assert submit(cup, "cup", {"player": "ada", "score": 1, "metadata": metadata})["accepted"] == 1
    assert list_entries(cup, "cup")["entries"][0]["metadata"] == metadata


@pytest.mark.parametrize(
    "value", [10**30, 1e308, "\u0000", "\u2028</script>", {"a": [None, True]}, "\U0001f600"]
)
def test_metadata_is_returned_as_it_was_sent(cup, value):
    submit(cup, "cup", {"player": "ada", "score": 1, "metadata": {"value": value}})

    assert list_entries(cup, "cup")["entries"][0]["metadata"] == {"value": value}


@pytest.mark.parametrize("depth", [100, 900])
def test_deep_metadata_is_accepted_or_refused(cup, depth):
    text = json.dumps({"entries": [{"player": "ada", "score": 1, "metadata": {"a": 0}}]})

    answer = cup.post(
        "/v1/boards/cup/scores",
        data=text.replace("0", "[" * depth + "]" * depth),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code in (200, 400)
    assert cup.get("/v1/boards/cup/entries").status_code == 200
