"""What is counted is told to the last digit."""

from __future__ import annotations

from scoreboard.core.metrics import Metrics, exposition


def test_a_large_count_is_told_to_the_last_digit():
    metrics = Metrics()
    metrics.sent("sse", viewers=1, frames=1, size=12_345_678_901)

    lines = list(exposition({"p1": metrics.items()}, {}))

    assert 'scoreboard_stream_bytes_sent_total{process="p1",carrier="sse"} 12345678901' in lines
