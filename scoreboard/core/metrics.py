"""What the streams of this process did, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

PREFIX = "scoreboard_stream"
HELP = {
    "opened": "Streams opened",
    "closed": "Streams closed, by reason",
    "refused": "Streams refused, by reason",
    "byes": "Streams sent away, by code",
    "resumes": "Streams opened, by whether the cursor could be resumed",
    "snapshots": "Snapshots sent instead of deltas, by reason",
    "conflated": "Frames that a slow viewer was not sent one by one",
    "frames_published": "Frames published",
    "frames_sent": "Frames sent to viewers",
    "bytes_sent": "Bytes sent to viewers",
    "spread_seconds": "Time spent writing frames to all viewers",
    "spreads": "Rounds of writing frames to all viewers",
    "lease_changes": "Times that this process began to publish",
    "crc_mismatches": "Frames whose checksum was not that of the list they made",
}
Gauges = Mapping[str, tuple[str, Sequence[tuple[dict[str, str], float]]]]  # name → help, values
Key = tuple[str, tuple[tuple[str, str], ...]]


class Metrics:
    """Counters by name and labels. Whoever is asked adds what is true just then."""

    def __init__(self) -> None:
        self._counts: Counter[Key] = Counter()

    def add(self, name: str, count: float = 1, **labels: str) -> None:
        """Count something."""
        self._counts[(name, tuple(labels.items()))] += count  # type: ignore[assignment]

    def spread(self, seconds: float) -> None:
        """A round of writing to all took so long."""
        self.add("spread_seconds", seconds)
        self.add("spreads")

    def sent(self, carrier: str, viewers: int, frames: int, size: int) -> None:
        """So many viewers were sent so many frames, in so many bytes each."""
        self.add("frames_sent", viewers * frames, carrier=carrier)
        self.add("bytes_sent", viewers * size, carrier=carrier)

    def items(self) -> list[tuple[str, dict[str, str], float]]:
        """Everything that was counted."""
        return [(name, dict(labels), count) for (name, labels), count in sorted(self._counts.items())]


def exposition(
    counters: Mapping[str, list[tuple[str, dict[str, str], float]]],
    gauges: Gauges,
) -> Iterator[str]:
    """The lines that Prometheus reads: counters by process, gauges by name with their help."""
    for name, text in HELP.items():
        yield f"# HELP {PREFIX}_{name}_total {text}."
        yield f"# TYPE {PREFIX}_{name}_total counter"
        for process, counted in counters.items():
            for _, labels, count in (one for one in counted if one[0] == name):
                yield f"{PREFIX}_{name}_total{_labels({'process': process, **labels})} {_number(count)}"
    for name, (text, values) in gauges.items():
        yield f"# HELP {PREFIX}_{name} {text}."
        yield f"# TYPE {PREFIX}_{name} gauge"
        for labels, value in values:
            yield f"{PREFIX}_{name}{_labels(labels)} {_number(value)}"


def _number(value: float) -> str:
    # Every digit: a counter of billions that is rounded stands still between two looks at it.
    return f"{value:.15g}"


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""
