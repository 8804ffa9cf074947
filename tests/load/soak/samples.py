"""A sample: the state of the server at one time of a soak, and the answers of the interval around it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROCESSES = ("web", "worker", "Redis")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One interval of a soak."""

    at: float  # seconds from the beginning
    answers: int  # of the interval
    p50_ms: float
    p99_ms: float
    refused: int  # answers 503
    viewers: int
    facts: int  # in the journal
    lag: int  # facts that the follower furthest behind has not taken in
    memory: dict[str, int]  # resident bytes, by kind of process
    descriptors: dict[str, int]  # open files and sockets, by kind of process
    database_bytes: int
    redis_bytes: int  # without buffers of connections


def write(path: Path, samples: Sequence[Sample]) -> None:
    """Store the samples as JSON."""
    path.write_text(json.dumps([asdict(one) for one in samples], indent=1) + "\n", "utf-8")


def read(path: Path) -> list[Sample]:
    """Stored samples."""
    return [Sample(**one) for one in json.loads(path.read_text("utf-8"))]
