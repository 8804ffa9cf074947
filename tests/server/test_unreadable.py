"""Answers to bytes that are not a request."""

from __future__ import annotations

import msgspec
import pytest
from gunicorn.http import errors

from scoreboard.core.errors import RequestTimeout
from scoreboard.server.unreadable import answer, error_of, too_many

SECRET = "ticket=abc"


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (errors.InvalidRequestLine(SECRET), 400, "bad_request"),
        (errors.InvalidChunkSize(SECRET), 400, "bad_request"),
        (errors.LimitRequestLine(9000, 8190), 414, "bad_request"),
        (errors.UnsupportedTransferCoding(SECRET), 501, "bad_request"),
        (errors.InvalidResponseHeader(SECRET), 500, "internal_error"),
        (ValueError(SECRET), 500, "internal_error"),
        (RequestTimeout("too slow"), 408, "request_timeout"),
    ],
)
def test_a_fault_has_a_status_and_repeats_no_bytes_of_the_request(exception, status, code):
    error = error_of(exception)

    assert (error.status, error.code) == (status, code)
    assert SECRET not in error.detail


def test_a_refused_connection_gets_a_time_to_retry():
    head, _, body = answer(too_many()).partition(b"\r\n\r\n")

    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 429 Too Many Requests"
    assert {b"Connection: close", b"Retry-After: 1", b"Content-Length: %d" % len(body)} <= {*lines}
    assert msgspec.json.decode(body)["code"] == "too_many_connections"
