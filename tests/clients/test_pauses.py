"""When the Python client comes back. Pure."""

from __future__ import annotations

from scoreboard_client.pauses import STEADY_SECONDS, Pauses


class Time:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def pauses(chance=1.0):
    time = Time()
    return Pauses(lambda: chance, time), time


def test_pauses_double_up_to_half_a_minute():
    each, _ = pauses()

    assert [each.failed() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_they_are_anything_from_nothing_on():
    each, _ = pauses(chance=0.0)

    assert [each.failed() for _ in range(3)] == [0, 0, 0]


def test_a_stream_that_did_not_hold_ends_no_row_of_failures():
    each, time = pauses()
    each.failed()
    each.opened()
    time.now += STEADY_SECONDS - 0.1
    each.opened()  # more came

    each.ended()

    assert each.failed() == 1


def test_a_stream_that_held_does():
    each, time = pauses()
    each.failed()
    each.opened()
    time.now += STEADY_SECONDS

    each.ended()

    assert each.failed() == 0.5


def test_time_without_a_stream_does_not_count_as_one():
    each, time = pauses()
    each.failed()
    time.now += STEADY_SECONDS

    each.ended()

    assert each.failed() == 1
