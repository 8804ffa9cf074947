"""One deadline for all that a request waits for."""

from __future__ import annotations

import contextvars
import time

from scoreboard.core.concurrency import deadline


def test_without_a_request_one_may_wait_as_long_as_one_wants():
    assert contextvars.Context().run(deadline.seconds_left, 60) == 60


def test_waits_of_a_request_share_what_is_left():
    def request():
        deadline.begin()
        first = deadline.seconds_left(60)
        time.sleep(0.05)
        return first, deadline.seconds_left(60), deadline.seconds_left(0.01)

    first, second, short = contextvars.Context().run(request)

    assert first <= deadline.ANSWER_SECONDS
    assert second <= first - 0.05
    assert short == 0.01


def test_nothing_is_left_after_it(monkeypatch):
    def request():
        deadline.begin()
        later = time.monotonic() + 5
        monkeypatch.setattr(time, "monotonic", lambda: later)
        return deadline.seconds_left(60)

    assert contextvars.Context().run(request) == 0


def test_time_that_the_client_takes_is_not_counted():
    def request():
        deadline.begin()
        before = deadline.seconds_left(60)
        deadline.extend(10)
        return deadline.seconds_left(60) - before

    assert 9.9 < contextvars.Context().run(request) <= 10


def test_a_stream_has_no_deadline():
    def request():
        deadline.begin()
        deadline.lift()
        return deadline.seconds_left(3600)

    assert contextvars.Context().run(request) == 3600
