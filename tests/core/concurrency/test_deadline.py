"""One deadline for all waits of a request."""

from __future__ import annotations

import contextvars
import time

from scoreboard.core.concurrency import deadline


def test_without_a_request_a_wait_is_not_limited():
    assert contextvars.Context().run(deadline.seconds_left, 60) == 60


def test_waits_of_a_request_share_the_remaining_time():
    def request():
        deadline.begin()
        first = deadline.seconds_left(60)
        time.sleep(0.05)
        return first, deadline.seconds_left(60), deadline.seconds_left(0.01)

    first, second, short = contextvars.Context().run(request)

    assert first <= deadline.ANSWER_SECONDS
    assert second <= first - 0.05
    assert short == 0.01


def test_no_time_is_left_after_the_deadline(monkeypatch):
    def request():
        deadline.begin()
        later = time.monotonic() + 5
        monkeypatch.setattr(time, "monotonic", lambda: later)
        return deadline.seconds_left(60)

    assert contextvars.Context().run(request) == 0


def test_time_that_the_client_takes_is_not_counted():
    def request():
        deadline.begin()
        seconds = deadline.seconds_left(60)
        deadline.extend(10)
        return deadline.seconds_left(60) - seconds

    assert 9.9 < contextvars.Context().run(request) <= 10


def test_a_stream_has_no_deadline():
    def request():
        deadline.begin()
        deadline.lift()
        return deadline.seconds_left(3600)

    assert contextvars.Context().run(request) == 3600
