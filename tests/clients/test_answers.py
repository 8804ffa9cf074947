"""What the Python client makes of answers. Pure."""

from __future__ import annotations

import json
from http.client import HTTPMessage

import pytest
from scoreboard_client import AwayError
from scoreboard_client.answers import taken


def answered(status, body, **headers):
    message = HTTPMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return taken(status, message, body)


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
def test_only_where_the_server_says_that_nothing_was_written_there_is_no_doubt(status, body, doubtful):
    with pytest.raises(AwayError) as away:
        answered(status, body, retry_after="3")

    assert away.value.doubtful == doubtful
    assert away.value.retry_after_seconds == 3


def test_an_answer_without_a_body_is_an_empty_one():
    assert answered(204, b"") == {}
