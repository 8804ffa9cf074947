"""Measurements: samples, rounds that alternate between things, and medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tqdm import tqdm


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The work done in a stretch of time."""

    done: int
    seconds: float
    cpu_seconds: float = 0.0  # of the measured server, not of the load
    latencies_ms: tuple[float, float, float] = (0.0, 0.0, 0.0)  # p50, p95, p99
    redis_us: float = 0.0  # of one script inside Redis
    refused: int = 0  # answers 503: the machine is overloaded

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor time of one request or cycle, in microseconds."""
        return 1e6 * self.cpu_seconds / self.done


@dataclass(frozen=True, kw_only=True)
class Effort:
    """The size of a measurement."""

    rounds: int = 3  # each measures all things once
    share: float = 1.0  # of the seconds of a round, and of crowds
    sizes: tuple[int, ...] = (10_000, 100_000)  # of boards that are read
    dense: int = 100_000  # players of the dense board
    started: int = 1_000_000  # players of the board that is missing in Redis at the start
    memory_gb: float = 2.0  # that must be free
    disk_gb: float = 3.0  # for temporary files

    def seconds(self, usual: float) -> float:
        """The duration of a round."""
        return usual * self.share

    def crowd(self, usual: int) -> int:
        """The number of viewers."""
        return max(50, round(usual * self.share))


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table."""

    stage: str = ""
    what: str
    value: str
    cpu: str = ""
    latency: str = ""
    reference: str = ""
    ratio: str = ""
    growth: str = ""  # of the time inside Redis, from ten times fewer players to these
    goal: str = ""
    on: str = ""  # date, time and load


@dataclass
class Progress:
    """One bar over all rounds of a run, and the rows so far."""

    total: int = 0
    effort: Effort = field(default_factory=Effort)
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bar = tqdm(total=self.total, unit=" rounds", disable=None)

    def step(self, what: str) -> None:
        """Another round is done."""
        self.bar.set_description(what)
        self.bar.update()


def by_turns(*things: Callable[[], Sample], done: Callable[[], None], rounds: int) -> list[list[Sample]]:
    """Measure each thing once a round. Returns each one's samples."""
    samples: list[list[Sample]] = [[] for _ in things]
    for _ in range(rounds):
        for one, thing in zip(samples, things, strict=True):
            one.append(thing())
            done()
    return samples


def factor(ours: Sequence[Sample], theirs: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """The quotient of ours and theirs: the median over rounds, so that noise cancels."""
    return median(of(one) / of(other) for one, other in zip(ours, theirs, strict=True))


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> str:
    """The speed of ours as a multiple of the reference's, and its processor time as one."""
    speed = factor(ours, theirs, lambda one: one.per_second)
    return f"{speed:.2f} (CPU {factor(ours, theirs, lambda one: one.cpu_us):.1f}-fold)"


def goal_text(goal: str, *reached: bool) -> str:
    """A goal, with `met` or `not met`."""
    return f"{goal}: {'met' if all(reached) else '**not met**'}"


def each_core(samples: Sequence[Sample]) -> float:
    """The requests or cycles a second that one core of the web process could do."""
    return middle(samples, lambda one: 1e6 / one.cpu_us)


def per_core(samples: Sequence[Sample]) -> str:
    """The rate, and the rate of one core of the web process, as text."""
    return f"{rate(samples)} ({each_core(samples):,.0f}/s per core)"


def middle(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    """The median of something over rounds."""
    return median(of(sample) for sample in samples)


def rate(samples: Sequence[Sample]) -> str:
    """The median rate per second, as text."""
    refused = sum(one.refused for one in samples)
    text = f"{middle(samples, lambda one: one.per_second):,.0f}/s"
    return f"{text}, {refused} refused" if refused else text


def cpu(samples: Sequence[Sample]) -> str:
    """The median processor time, as text."""
    value = middle(samples, lambda one: one.cpu_us)
    return f"{value:,.0f} µs" if value >= 100 else f"{value:.1f} µs"


def latency(samples: Sequence[Sample]) -> str:
    """The medians of the percentiles, as text."""
    return " / ".join(f"{middle(samples, lambda one, i=i: one.latencies_ms[i]):.1f}" for i in range(3))


def p99(samples: Sequence[Sample]) -> float:
    """The median of the rounds' p99, in milliseconds."""
    return middle(samples, lambda one: one.latencies_ms[2])
