"""What was seen during a load test, and what it comes to."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

WAIT = "WAIT"  # the kind of an answer that tells when to send again
STREAM = "open stream"
ASK, COMPLETE, BOARD, PLACE = "request action", "complete action", "read board", "read own place"
API = (ASK, COMPLETE, BOARD, PLACE)  # what thresholds are for; signing in is counted apart

Call = tuple[float, float]  # when it was answered, in seconds from the beginning; milliseconds that it took


@dataclass
class Won:
    """What a player's completions were answered with."""

    points: int = 0
    doubtful: int = 0  # completions that got no answer in the end


@dataclass
class Seen:
    """Everything, as it happens."""

    begun: float = field(default_factory=time.monotonic)
    calls: defaultdict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    users: list[tuple[float, int]] = field(default_factory=list)
    players: defaultdict[str, Won] = field(default_factory=lambda: defaultdict(Won))
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
        """Take note of an answer, or of none: a listener of Locust's requests."""
        if request_type == WAIT:
            self.waits[name] += 1
        elif exception:
            self.failures[f"{name}: {exception}"] += 1
        else:
            self.calls[name].append((self.now, response_time))

    def api(self) -> list[Call]:
        """All calls of the API, in the order of their answers."""
        return sorted(call for name in API for call in self.calls[name])

    def trouble(self) -> list[str]:
        """What did not go smoothly, the most frequent first."""
        waits = [f"told to wait, {count} times: {name}" for name, count in self.waits.most_common()]
        return waits + [f"failed, {count} times: {name}" for name, count in self.failures.most_common(20)]


def percentile(calls: list[Call], part: float) -> float:
    """Milliseconds within which this part of calls was answered; 0 where there are none."""
    if not calls:
        return 0.0
    times = sorted(ms for _, ms in calls)
    return times[min(len(times) - 1, int(len(times) * part))]


def by_time(calls: list[Call], width_seconds: float) -> list[tuple[float, list[Call]]]:
    """Calls in spans of so many seconds, each with the middle of its span. Empty spans are left out."""
    spans: defaultdict[int, list[Call]] = defaultdict(list)
    for call in calls:
        spans[int(call[0] // width_seconds)].append(call)
    return [((number + 0.5) * width_seconds, spans[number]) for number in sorted(spans)]
