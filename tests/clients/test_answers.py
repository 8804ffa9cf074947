"""Answers as the Python client decodes them. Pure."""

from __future__ import annotations

import json
from http.client import HTTPMessage

import pytest
from scoreboard_client import AwayError
from scoreboard_client.answers import decode


def decode_answer(status, body, **headers):
    message = HTTPMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return decode(status, message, body)


def problem(code):
    return json.dumps({"code": code, "detail": "…"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "doubtful"),
    [
        (503, problem("ledger_unavailable"), False),
        (503, problem("storage_full"), False),
        (503, problem("outcome_unknown"), True),
        (503, b"<h1>No server took this in time</h1>", True),
        (502, b"", True),
        (504, b"", True),
    ],
)
def test_an_error_is_doubtful_unless_the_server_wrote_nothing(status, body, doubtful):
    with pytest.raises(AwayError) as error:
        decode_answer(status, body, retry_after="3")

    assert error.value.doubtful == doubtful
    assert error.value.retry_after_seconds == 3


def test_an_answer_without_a_body_is_an_empty_one():
    assert decode_answer(204, b"") == {}
