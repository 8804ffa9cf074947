"""The pauses before the Python client reconnects. Pure."""

from __future__ import annotations

from scoreboard_client.pauses import STEADY_SECONDS, Pauses


class Time:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def pauses(fraction=1.0):
    time = Time()
    return Pauses(lambda: fraction, time), time


def test_pauses_double_up_to_half_a_minute():
    pause, _ = pauses()

    assert [pause.after_failure() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_pauses_may_be_as_short_as_zero():
    pause, _ = pauses(fraction=0.0)

    assert [pause.after_failure() for _ in range(3)] == [0, 0, 0]


def test_a_short_stream_does_not_reset_the_failures():
    pause, time = pauses()
    pause.after_failure()
    pause.on_frame()
    time.now += STEADY_SECONDS - 0.1
    pause.on_frame()  # another frame

    pause.on_end()

    assert pause.after_failure() == 1


def test_a_long_stream_resets_the_failures():
    pause, time = pauses()
    pause.after_failure()
    pause.on_frame()
    time.now += STEADY_SECONDS

    pause.on_end()

    assert pause.after_failure() == 0.5


def test_time_without_a_stream_does_not_count_as_one():
    pause, time = pauses()
    pause.after_failure()
    time.now += STEADY_SECONDS

    pause.on_end()

    assert pause.after_failure() == 1
