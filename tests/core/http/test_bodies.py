"""Parsing of JSON bodies and of query strings."""

from __future__ import annotations

import pytest
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from scoreboard.core.errors import BadRequest, ValidationFailed
from scoreboard.core.http.bodies import convert, parse_json, query

BAD = {
    "nothing": b"",
    "the same key twice": b'{"score": 1, "score": 2}',
    "the same key twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "the same key twice, deep inside": b'[{"a": {"b": 1, "b": 1}}]',
    "NaN": b'{"score": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"-Infinity",
    "a number greater than any float": b'{"score": 1e400}',
    "an exponent beyond any number": b'{"score": 1e-99999999999999999999}',
    "nothing, times a number beyond any": b"[0e99999999999999999999]",
    "100000 brackets": b"[" * 100_000,
    "100000 balanced brackets": b"[" * 100_000 + b"]" * 100_000,
    "100000 objects": b'{"a":' * 100_000,
    "5000 digits": b"1" * 5000,
    "half of a surrogate pair": b'{"name": "\\ud800"}',
    "half of a surrogate pair as a key": b'{"\\udc00": 1}',
    "bytes that are no UTF-8": b'{"name": "\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a trailing comma": b"[1,]",
    "two values": b"{} {}",
    "single quotes": b"{'a': 1}",
}


class Paging(Struct, forbid_unknown_fields=True):
    limit: int = 10
    region: str = ""


class Named(Struct, forbid_unknown_fields=True):
    name: str


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_invalid_json_is_refused(data):
    with pytest.raises(BadRequest) as raised:
        parse_json(data)

    assert raised.value.code == "malformed_json"
    assert len(raised.value.detail) < 300


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"[1, 2]", [1, 2]),
        (b"null", None),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'{"a": -0.5}', {"a": -0.5}),
        (b"9007199254740993", 9007199254740993),
        (b"1" * 4000, int("1" * 4000)),
    ],
)
def test_valid_json_is_read_exactly(data, value):
    assert parse_json(data) == value


@pytest.mark.parametrize("value", [[], None, 1, "text"])
def test_a_body_that_is_not_an_object_is_reported(value):
    with pytest.raises(ValidationFailed) as raised:
        convert(value, Named)

    assert [error.field for error in raised.value.errors] == ["body"]


def test_a_wrong_field_is_named():
    with pytest.raises(ValidationFailed) as raised:
        convert({"name": 1}, Named)

    assert [error.field for error in raised.value.errors] == ["name"]


def test_a_query_gives_its_parameters_their_types():
    assert query(MultiDict({"limit": "25", "region": "eu"}), Paging) == Paging(25, "eu")


@pytest.mark.parametrize(
    "given",
    [
        [("limit", "1"), ("limit", "1")],
        [("limt", "1")],
        [("limit", "many")],
        [("limit", "1.5")],
        [("limit", "")],
        [("limit", "9" * 5000)],
    ],
    ids=["twice", "unknown", "no number", "no whole number", "empty", "5000 digits"],
)
def test_an_invalid_query_is_refused(given):
    with pytest.raises(ValidationFailed):
        query(MultiDict(given), Paging)
