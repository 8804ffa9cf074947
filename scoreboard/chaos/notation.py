"""How SCOREBOARD_CHAOS is written: seed=7,kill=0.01,latency=0.2:0-500,database=0.05:0-1000. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("seed", "kill", "latency", "database")
SEED = re.compile(r"^[0-9]{1,18}\Z")
CHANCE = re.compile(r"^(0|1|0?\.[0-9]{1,9}|1\.0{1,9})\Z")
RANGE = re.compile(r"^([0-9]{1,5})-([0-9]{1,5})\Z")
LATENCY, AWAY = "0-500", "0-1000"  # milliseconds, where no others are named


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A kind of trouble that lasts: how probable it is, and for how long."""

    chance: float
    least_ms: int
    most_ms: int

    def __str__(self) -> str:
        return f"{self.chance:g}:{self.least_ms}-{self.most_ms}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that was asked for."""

    seed: int | None  # None: another one each time
    kill: float
    latency: Trouble
    database: Trouble

    def __str__(self) -> str:
        seed = "" if self.seed is None else f"seed={self.seed},"
        return f"{seed}kill={self.kill:g},latency={self.latency},database={self.database}"


def read(text: str) -> Plan:
    """What a text asks for. Raises ValueError, which says what is wrong with which part."""
    given: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        if name not in PARTS:
            raise ValueError(f"there is no part {name!r}, only {', '.join(PARTS)}")
        if name in given:
            raise ValueError(f"{name} is there twice")
        given[name] = value.strip()
    return Plan(
        seed=_seed(given["seed"]) if "seed" in given else None,
        kill=_chance("kill", given.get("kill", "0")),
        latency=_trouble("latency", given, LATENCY),
        database=_trouble("database", given, AWAY),
    )


def _seed(text: str) -> int:
    if not SEED.match(text):
        raise ValueError(f"seed must be a whole number, not {text!r}")
    return int(text)


def _chance(name: str, text: str) -> float:
    if not CHANCE.match(text):
        raise ValueError(f"{name} must be a probability from 0 to 1, as 0.01, not {text!r}")
    return float(text)


def _trouble(name: str, given: Mapping[str, str], usual: str) -> Trouble:
    chance, colon, lasting = given.get(name, "0").partition(":")
    match = RANGE.match(lasting if colon else usual)
    if match is None:
        raise ValueError(f"{name} must last so many milliseconds, as {name}=0.2:{usual}, not {lasting!r}")
    least_ms, most_ms = int(match[1]), int(match[2])
    if least_ms > most_ms or not most_ms:
        raise ValueError(f"{name} must last from less to more milliseconds, not {lasting!r}")
    return Trouble(chance=_chance(name, chance), least_ms=least_ms, most_ms=most_ms)
