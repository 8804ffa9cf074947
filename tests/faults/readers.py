"""Threads that read a whole board again and again, and a check of their readings."""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tests.faults.deployment import Deployment
from tests.faults.history import History, Row, Steps
from tests.faults.threads import Threads


class Reading(NamedTuple):
    """A whole board, and the times of its request and answer."""

    sent: float
    answered: float
    rows: Sequence[Row]


class Readers(Threads):
    """Read a board while the block lasts. Refused requests are skipped."""

    def __init__(self, deployment: Deployment, board: str, count: int = 1) -> None:
        self.readings: list[Reading] = []
        self._deployment, self._board = deployment, board
        super().__init__(self._run, range(count))

    def _run(self, number: int) -> None:
        while not self.stopping.wait(0.03):
            sent = time.monotonic()
            with contextlib.suppress(OSError, KeyError):
                rows = self._deployment.rows(self._board)
                self.readings.append(Reading(sent, time.monotonic(), rows))


def contradictions(readings: Iterable[Reading], history: History) -> list[str]:
    """The errors of readings: acknowledged points are missing, were never sent, or ranks are wrong."""
    least = _totals((call.operation, call.answered) for call in history.calls if call.verdict == "ok")
    most = _totals((call.operation, call.sent) for call in history.calls)
    return [fault for reading in readings for fault in _faults(reading, least, most)]


def _faults(reading: Reading, least: dict[str, Steps], most: dict[str, Steps]) -> Iterator[str]:
    scores = {row.player: row.score for row in reading.rows}
    if [row.rank for row in reading.rows] != list(range(1, len(reading.rows) + 1)):
        yield f"ranks: {reading}"
    if list(scores.values()) != sorted(scores.values(), reverse=True):
        yield f"order: {reading}"
    for player in scores.keys() | least.keys():
        least_score, most_score = least[player].before(reading.sent), most[player].before(reading.answered)
        if not least_score <= scores.get(player, 0) <= most_score:
            yield (
                f"{player} has {scores.get(player)}, where {least_score} to {most_score} would be right,"
                f" at {reading.sent:.2f} to {reading.answered:.2f}"
            )


def _totals(moments: Iterable[tuple]) -> dict[str, Steps]:
    first: dict = {}
    for operation, moment in moments:
        first[operation] = min(moment, first.get(operation, moment))
    by_player = defaultdict(list)
    for operation, moment in first.items():
        by_player[operation.player].append((moment, operation.points))
    totals: dict[str, Steps] = defaultdict(lambda: Steps((), _plus))
    totals.update({player: Steps(steps, _plus) for player, steps in by_player.items()})
    return totals


def _plus(total: int, points: int) -> int:
    return total + points
