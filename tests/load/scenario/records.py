"""The records of a load test, and their evaluation."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

WAIT = "WAIT"  # the kind of answers with Retry-After
STREAM = "open stream"
ASK, COMPLETE, BOARD, PLACE = "request action", "complete action", "read board", "read own place"
API = (ASK, COMPLETE, BOARD, PLACE)  # the calls with thresholds; sign-ins are counted apart

Call = tuple[float, float]  # seconds from the beginning to the answer; duration in milliseconds


@dataclass
class PlayerPoints:
    """The points of a player by the answers to its completions."""

    points: int = 0
    doubtful: int = 0  # completions that got no answer in the end


@dataclass
class Records:
    """The calls, waits, failures, users and points of a load test."""

    begun: float = field(default_factory=time.monotonic)
    calls: defaultdict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    users: list[tuple[float, int]] = field(default_factory=list)
    players: defaultdict[str, PlayerPoints] = field(default_factory=lambda: defaultdict(PlayerPoints))
    proof_seconds: float = 0.0  # the generator's processor time for proofs
    stream_bytes: int = 0

    def begin(self) -> None:
        """Count time from now on."""
        self.begun = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds from the beginning."""
        return time.monotonic() - self.begun

    def request(
        self, request_type: str, name: str, response_time: float, exception: object, **_: Any
    ) -> None:
        """Record a call or its failure: a listener of Locust's event `request`."""
        if request_type == WAIT:
            self.waits[name] += 1
        elif exception:
            self.failures[f"{name}: {exception}"] += 1
        else:
            self.calls[name].append((self.now, response_time))

    def api(self) -> list[Call]:
        """All calls of the API, in the order of their answers."""
        return sorted(call for name in API for call in self.calls[name])

    def problems(self) -> list[str]:
        """Waits and failures as lines, the most frequent first."""
        waits = [f"429 or 503, {count} times: {name}" for name, count in self.waits.most_common()]
        return waits + [f"failed, {count} times: {name}" for name, count in self.failures.most_common(20)]


def percentile(calls: list[Call], part: float) -> float:
    """The milliseconds within which this part of the calls was answered; 0 without calls."""
    if not calls:
        return 0.0
    times = sorted(ms for _, ms in calls)
    return times[min(len(times) - 1, int(len(times) * part))]


def by_time(calls: list[Call], width_seconds: float) -> list[tuple[float, list[Call]]]:
    """Calls in spans of `width_seconds`, each with the middle of its span. Empty spans are left out."""
    spans: defaultdict[int, list[Call]] = defaultdict(list)
    for call in calls:
        spans[int(call[0] // width_seconds)].append(call)
    return [((number + 0.5) * width_seconds, spans[number]) for number in sorted(spans)]
