"""Measuring: samples, rounds that alternate between two things, and medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tqdm import tqdm

ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was done in one stretch of time."""

    done: int
    seconds: float
    cpu_seconds: float = 0.0  # of what is measured, not of the load
    latencies_ms: tuple[float, float, float] = (0.0, 0.0, 0.0)  # p50, p95, p99
    redis_us: float = 0.0  # of one script inside Redis
    refused: int = 0  # answered 503: more load than the machine bears now

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor time of one, in microseconds."""
        return 1e6 * self.cpu_seconds / self.done


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table."""

    what: str
    value: str
    cpu: str = ""
    latency: str = ""
    reference: str = ""
    ratio: str = ""
    goal: str = ""


@dataclass
class Progress:
    """One bar over all rounds of a run."""

    total: int
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bar = tqdm(total=self.total, unit=" rounds", disable=None)

    def step(self, what: str) -> None:
        """Another round is done."""
        self.bar.set_description(what)
        self.bar.update()


def by_turns(
    *things: Callable[[], Sample], done: Callable[[], None], rounds: int = ROUNDS
) -> list[list[Sample]]:
    """Measure each thing once a round. Returns each one's samples."""
    samples: list[list[Sample]] = [[] for _ in things]
    for _ in range(rounds):
        for one, thing in zip(samples, things, strict=True):
            one.append(thing())
            done()
    return samples


def factor(ours: Sequence[Sample], theirs: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """How often ours is as much: each round against its neighbour, so that noise cancels."""
    return median(of(one) / of(other) for one, other in zip(ours, theirs, strict=True))


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> str:
    """How fast ours is beside the reference, and how often as much processor time it takes."""
    speed = factor(ours, theirs, lambda one: one.per_second)
    return f"{speed:.2f} (CPU {factor(ours, theirs, lambda one: one.cpu_us):.1f}-fold)"


def per_core(samples: Sequence[Sample]) -> str:
    """What one core of the web process could do, to read."""
    return f"{rate(samples)} ({middle(samples, lambda one: 1e6 / one.cpu_us):,.0f}/s per core)"


def middle(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """The median of something over rounds."""
    return median(of(sample) for sample in samples)


def rate(samples: Sequence[Sample]) -> str:
    """Medians per second, to read."""
    refused = sum(one.refused for one in samples)
    text = f"{middle(samples, lambda one: one.per_second):,.0f}/s"
    return f"{text}, {refused} refused" if refused else text


def cpu(samples: Sequence[Sample]) -> str:
    """Medians of processor time, to read."""
    value = middle(samples, lambda one: one.cpu_us)
    return f"{value:,.0f} µs" if value >= 100 else f"{value:.1f} µs"


def latency(samples: Sequence[Sample]) -> str:
    """Medians of the percentiles, to read."""
    return " / ".join(f"{middle(samples, lambda one, i=i: one.latencies_ms[i]):.1f}" for i in range(3))


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, which reads well on a terminal too."""
    head = Row(
        what="what",
        value="measured",
        cpu="CPU each",
        latency="p50 / p95 / p99 ms",
        reference="reference",
        ratio="ratio",
        goal="goal",
    )
    names = list(Row.__dataclass_fields__)
    cells = [[getattr(row, name) for name in names] for row in (head, *rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
