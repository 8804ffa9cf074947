"""Metrics as objects: a typo, or a second declaration, is an error at once."""

from __future__ import annotations

import pytest

from scoreboard.core.metrics import Counter, Metrics

OPENED = Counter("stream_opened", "Streams opened", "carrier")
LOST = Counter("stream_lost", "Frames lost")


@pytest.fixture
def metrics():
    return Metrics()


def test_each_value_of_a_label_is_counted(metrics):
    opened, lost = metrics.bind(OPENED), metrics.bind(LOST)
    for carrier in ("ws", "sse", "sse"):
        opened.inc(carrier)
    lost.inc(by=2.5)

    assert metrics.values() == [
        ("stream_opened", {"carrier": "sse"}, 2),
        ("stream_opened", {"carrier": "ws"}, 1),
        ("stream_lost", {}, 2.5),
    ]


def test_a_counter_that_was_never_incremented_has_no_value(metrics):
    metrics.bind(LOST)

    assert metrics.values() == []


def test_two_counters_of_one_name_are_refused(metrics):
    metrics.bind(OPENED)

    with pytest.raises(ValueError, match="scoreboard_stream_opened"):
        metrics.bind(Counter("stream_opened", "Something else"))


def test_processes_in_one_program_count_for_themselves(metrics):
    other = Metrics()
    metrics.bind(LOST).inc()
    other.bind(LOST)

    assert other.values() == []
