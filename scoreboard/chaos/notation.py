"""The notation of SCOREBOARD_CHAOS: seed=7,kill=0.01,latency=0.2:0-500,database=0.05:0-1000. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("seed", "kill", "latency", "database")
SEED = re.compile(r"^[0-9]{1,18}\Z")
PROBABILITY = re.compile(r"^(0|1|0?\.[0-9]{1,9}|1\.0{1,9})\Z")
RANGE = re.compile(r"^([0-9]{1,5})-([0-9]{1,5})\Z")
LATENCY, OUTAGE = "0-500", "0-1000"  # milliseconds, if the text has none


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A kind of fault that has a duration: its probability and its range of durations."""

    probability: float
    least_ms: int
    most_ms: int

    def __str__(self) -> str:
        return f"{self.probability:g}:{self.least_ms}-{self.most_ms}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All faults to inject."""

    seed: int | None  # None: a different one at each start
    kill: float
    latency: Fault
    database: Fault

    def __str__(self) -> str:
        seed = "" if self.seed is None else f"seed={self.seed},"
        return f"{seed}kill={self.kill:g},latency={self.latency},database={self.database}"


def parse(text: str) -> Plan:
    """The plan that a text describes. Raises ValueError that names the part and its error."""
    given: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        if name not in PARTS:
            raise ValueError(f"unknown part {name!r}, must be one of {', '.join(PARTS)}")
        if name in given:
            raise ValueError(f"{name} is given twice")
        given[name] = value.strip()
    return Plan(
        seed=_seed(given["seed"]) if "seed" in given else None,
        kill=_probability("kill", given.get("kill", "0")),
        latency=_fault("latency", given, LATENCY),
        database=_fault("database", given, OUTAGE),
    )


def _seed(text: str) -> int:
    if not SEED.match(text):
        raise ValueError(f"seed must be a whole number, not {text!r}")
    return int(text)


def _probability(name: str, text: str) -> float:
    if not PROBABILITY.match(text):
        raise ValueError(f"{name} must be a probability from 0 to 1, as 0.01, not {text!r}")
    return float(text)


def _fault(name: str, given: Mapping[str, str], default: str) -> Fault:
    probability, colon, duration = given.get(name, "0").partition(":")
    match = RANGE.match(duration if colon else default)
    if match is None:
        raise ValueError(
            f"{name} must have a range of milliseconds, as {name}=0.2:{default}, not {duration!r}"
        )
    least_ms, most_ms = int(match[1]), int(match[2])
    if least_ms > most_ms or not most_ms:
        raise ValueError(f"{name} must have a range from less to more milliseconds, not {duration!r}")
    return Fault(probability=_probability(name, probability), least_ms=least_ms, most_ms=most_ms)
