"""Metrics: each is an object, declared next to where it is counted, so a typo is a NameError.

    OPENED = Counter("stream_opened", "Streams opened", "carrier")

A part binds its counters once, when it is built, and counts with the result:

    self._opened = metrics.bind(OPENED)
    self._opened.inc("sse")

Several web processes answer as one: each sends its values to the others (`Metrics.values`), and any of them
exposes the values of all (`Metrics.families`). ops/exposition.py writes them as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVarTuple

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

PREFIX = "scoreboard_"
TOTAL = "_total"
Labels = TypeVarTuple("Labels")
Counted = tuple[str, dict[str, str], float]  # a counter's name without prefix, its labels, its value


class Counter(Generic[*Labels]):
    """A counter as it is declared: its name after "scoreboard_", its help, and the names of its labels."""

    def __init__(self, name: str, help: str, *labels: *Labels) -> None:
        self.name, self.help = PREFIX + name, f"{help}."
        self.labels = tuple(map(str, labels))


class Counts(Collector, Generic[*Labels]):
    """The values of one counter in this process."""

    def __init__(self, counter: Counter[*Labels]) -> None:
        self._counter = counter
        self._values: defaultdict[tuple[*Labels], float] = defaultdict(float)

    def inc(self, *labels: *Labels, by: float = 1) -> None:
        """Count `by` more, under these values of the labels."""
        # prometheus-client's own counter takes a lock, which under gevent costs more than all the rest.
        # Greenlets do not switch here; a counter that several threads increment at once needs a lock.
        self._values[labels] += by

    def describe(self) -> list[Metric]:
        """The family without values. The registry needs it to refuse two counters of one name."""
        return [CounterMetricFamily(self._counter.name, self._counter.help, labels=self._counter.labels)]

    def collect(self) -> Iterator[Metric]:
        """The family with its values."""
        family: Any = CounterMetricFamily(self._counter.name, self._counter.help, labels=self._counter.labels)
        for labels, value in sorted(self._values.items()):
            family.add_metric(labels, value)
        yield family


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

    def bind(self, counter: Counter[*Labels]) -> Counts[*Labels]:
        """Register a counter, and return its values. Raises ValueError if the name is taken."""
        counts = Counts(counter)
        self.registry.register(counts)
        return counts

    def values(self) -> list[Counted]:
        """All values, in the form in which processes exchange them."""
        return [
            (family.name.removeprefix(PREFIX), sample.labels, sample.value)
            for family in self.registry.collect()
            for sample in family.samples
        ]

    def families(self, processes: Mapping[str, Sequence[Counted]]) -> Iterator[Metric]:
        """The counters with the values of all processes. Counters without values are included."""
        for declared in self.registry.collect():
            family = CounterMetricFamily(declared.name, declared.documentation)
            name = declared.name.removeprefix(PREFIX)
            for process, counted in processes.items():
                for _, labels, value in (one for one in counted if one[0] == name):
                    family.add_sample(family.name + TOTAL, {"process": process, **labels}, value)
            yield family


def gauge(name: str, help: str, values: Sequence[tuple[dict[str, str], float]]) -> Metric:
    """The family of current values, each with its labels."""
    family = GaugeMetricFamily(PREFIX + name, f"{help}.")
    for labels, value in values:
        family.add_sample(family.name, labels, value)
    return family
