"""The pace: limits on slow clients."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scoreboard.server.pace import Pace, for_body


def test_silence_uses_up_the_time_of_a_client():
    pace = Pace(10, 4096)

    pace.record(0, 4)
    assert pace.seconds_left == 6
    pace.record(0, 7)
    assert pace.seconds_left == 0


def test_a_steady_client_is_never_stopped():
    pace = Pace(10, 4096)

    for _ in range(1000):
        pace.record(4096, 1)

    assert pace.seconds_left == 10


def test_a_steady_body_may_take_no_longer_than_the_largest_one():
    pace = for_body()

    for _ in range(266):
        assert pace.seconds_left
        pace.record(9000, 1)

    assert not pace.seconds_left


def test_a_fast_start_gives_no_credit():
    pace = Pace(10, 4096)

    pace.record(1_000_000, 0.1)
    pace.record(0, 10)

    assert pace.seconds_left == 0


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 5)), max_size=50))
def test_a_transfer_takes_no_longer_than_its_bytes_allow(pieces):
    pace, waited, moved = Pace(10, 4096), 0.0, 0
    for amount, seconds in pieces:
        if not pace.seconds_left:
            break
        spent = min(seconds, pace.seconds_left)
        pace.record(amount, spent)
        waited, moved = waited + spent, moved + amount

    assert waited <= 10 + moved / 4096 + 1e-6
