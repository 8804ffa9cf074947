"""Metrics as Prometheus reads them, over all processes."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from scoreboard.core.metrics import Counter, Metrics, gauge
from scoreboard.ops.exposition import exposition
from tests.contract import client_of

BYTES = Counter("stream_bytes_sent", "Bytes sent to viewers", "carrier")
LOST = Counter("stream_lost", "Frames lost")


def lines_of(metrics, **processes):
    return list(exposition(metrics.families(processes)))


def test_a_large_count_has_all_digits():
    metrics = Metrics()
    metrics.bind(BYTES).inc("sse", by=12_345_678_901)

    lines = lines_of(metrics, p1=metrics.values())

    assert 'scoreboard_stream_bytes_sent_total{process="p1",carrier="sse"} 12345678901' in lines


def test_the_counters_of_all_processes_are_shown_each_with_its_process():
    one, other = Metrics(), Metrics()
    for metrics, carrier, count in ((one, "sse", 1), (other, "ws", 2)):
        metrics.bind(BYTES).inc(carrier, by=count)

    lines = lines_of(one, **{"1": one.values(), "2": other.values()})

    assert lines == [
        "# HELP scoreboard_stream_bytes_sent_total Bytes sent to viewers.",
        "# TYPE scoreboard_stream_bytes_sent_total counter",
        'scoreboard_stream_bytes_sent_total{process="1",carrier="sse"} 1',
        'scoreboard_stream_bytes_sent_total{process="2",carrier="ws"} 2',
    ]


def test_a_counter_that_another_release_counts_is_left_out():
    metrics = Metrics()
    metrics.bind(LOST)

    assert lines_of(metrics, p1=[("stream_unknown", {}, 1.0)]) == [
        "# HELP scoreboard_stream_lost_total Frames lost.",
        "# TYPE scoreboard_stream_lost_total counter",
    ]


def test_prometheus_reads_label_values_of_any_characters():
    value = 'a "quoted" \\ back\nslash'

    (family,) = text_string_to_metric_families(
        "\n".join([*exposition([gauge("stream_open", "Open streams", [({"room": value}, 2)])]), ""])
    )

    assert [(sample.labels, sample.value) for sample in family.samples] == [({"room": value}, 2.0)]


def test_the_answer_shows_every_counter_of_the_stream_and_no_value_that_was_never_counted(
    make_parts, sqlite_url
):
    parts = make_parts(sqlite_url)
    text = client_of(parts).get("/v1/admin/metrics").text
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}

    assert {
        f"scoreboard_stream_{name}"
        for name in (
            *(
                "opened_total",
                "closed_total",
                "refused_total",
                "byes_total",
                "resumes_total",
                "snapshots_total",
            ),
            *("conflated_total", "frames_published_total", "frames_sent_total", "bytes_sent_total"),
            *("spread_seconds_total", "spreads_total", "lease_changes_total", "crc_mismatches_total"),
            *("open", "lag_frames"),
        )
    } <= names
    assert 'scoreboard_stream_lag_frames{process="new"} 0' in text
    assert "scoreboard_stream_opened_total{" not in text
