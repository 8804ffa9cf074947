"""The rules that a soak must keep. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.load.scenario.verdicts import Verdict
from tests.load.soak.samples import PROCESSES, Sample
from tests.load.soak.trends import Points, agreement, growth, halves, middle, slope

WARM_UP = 0.25  # of the samples: caches fill, and pools open their connections
AGREEMENT = 0.25  # of the pairs of samples: from there on, growth is not chance
CHANGE = 0.1  # of the bytes of a fact; a smaller change than LEAST_BYTES is none
LEAST_BYTES = (
    8  # buffers and histories of Redis vary by so much, while one key a fact would take ten times as much
)
FEWEST = 12  # samples after the warm-up: with fewer, chance looks like a trend
Read = Callable[[Sample], float]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A measured value that may not grow by more than `share` of its median, or `least` if that is more."""

    name: str
    read: Read
    share: float
    least: float
    unit: str
    scale: float = 1.0  # of the value, for its unit


def _of_process(name: str, unit: str, group: str, process: str, **bounds: float) -> Rule:
    def read(sample: Sample) -> float:
        values: dict[str, int] = getattr(sample, group)
        return values[process]

    return Rule(name=f"{name}, {process}", read=read, unit=unit, **bounds)


MB = 2.0**20
# The memory of Redis grows with the players: it is judged by the bytes of a fact.
RULES = (
    Rule(name="p99 of all answers", read=lambda one: one.p99_ms, share=0.25, least=20, unit="ms"),
    *(
        _of_process("memory", "MB", "memory", name, share=0.05, least=8 * MB, scale=1 / MB)
        for name in ("web", "worker")
    ),
    *(_of_process("descriptors", "", "descriptors", name, share=0.05, least=8) for name in PROCESSES),
    Rule(name="follower lag", read=lambda one: one.lag, share=0.5, least=200, unit="facts"),
)
SIZES: dict[str, Read] = {
    "database": lambda one: one.database_bytes,
    "Redis": lambda one: one.redis_bytes,
}


def verdicts(samples: Sequence[Sample]) -> list[Verdict]:
    """All rules, with their results."""
    measured = samples[round(WARM_UP * len(samples)) :]
    if len(measured) < FEWEST:
        text = f"{len(measured)} samples after the warm-up are too few to see a trend: {FEWEST} are needed"
        return [Verdict(text, holds=False)]
    steady = [_steady(rule, measured) for rule in RULES]
    return [*steady, *(_constant(name, read, measured) for name, read in SIZES.items())]


def bytes_per_fact(samples: Sequence[Sample], read: Read) -> float:
    """The bytes that each further fact took, over these samples."""
    return slope([(one.facts, read(one)) for one in samples])


def _steady(rule: Rule, samples: Sequence[Sample]) -> Verdict:
    points: Points = [(one.at, rule.read(one)) for one in samples]
    grown, usual, agreed = growth(points), middle(points), agreement(points)
    grows = grown > max(rule.share * usual, rule.least) and agreed >= AGREEMENT
    most = max(rule.share * usual, rule.least)
    unit = f" {rule.unit}" if rule.unit else ""
    text = (
        f"{rule.name}: median {usual * rule.scale:,.1f}{unit}, grew by {grown * rule.scale:,.1f}{unit},"
        f" may grow by {most * rule.scale:,.1f}{unit} (agreement {agreed:.2f} of {AGREEMENT})"
    )
    return Verdict(text, holds=not grows)


def _constant(name: str, read: Read, samples: Sequence[Sample]) -> Verdict:
    earlier, later = (bytes_per_fact(half, read) for half in halves(samples))
    most = max(CHANGE * earlier, LEAST_BYTES)
    text = (
        f"bytes of a fact in {name}: {earlier:,.1f}, then {later:,.1f}, may change by {most:,.1f}"
        f" ({CHANGE:.0%}, at least {LEAST_BYTES})"
    )
    return Verdict(text, holds=abs(later - earlier) <= most)
