"""A reader of a whole board, over and over, and whether what it read can be true."""

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
    """A whole board, and when it was asked for and answered."""

    sent: float
    answered: float
    rows: Sequence[Row]


class Readers(Threads):
    """Read a board while the block lasts. A board that is refused is no reading."""

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


def wrong(readings: Iterable[Reading], history: History) -> list[str]:
    """What no board could show: a score without what was acknowledged, one that nobody sent, a wrong rank."""
    least = _totals((call.deed, call.answered) for call in history.calls if call.verdict == "ok")
    most = _totals((call.deed, call.sent) for call in history.calls)
    return [fault for reading in readings for fault in _faults(reading, least, most)]


def _faults(reading: Reading, least: dict[str, Steps], most: dict[str, Steps]) -> Iterator[str]:
    shown = {row.player: row.score for row in reading.rows}
    if [row.rank for row in reading.rows] != list(range(1, len(reading.rows) + 1)):
        yield f"ranks: {reading}"
    if list(shown.values()) != sorted(shown.values(), reverse=True):
        yield f"order: {reading}"
    for player in shown.keys() | least.keys():
        must, may = least[player].before(reading.sent), most[player].before(reading.answered)
        if not must <= shown.get(player, 0) <= may:
            yield (
                f"{player} has {shown.get(player)}, where {must} to {may} would be right,"
                f" at {reading.sent:.2f} to {reading.answered:.2f}"
            )


def _totals(moments: Iterable[tuple]) -> dict[str, Steps]:
    first: dict = {}
    for deed, moment in moments:
        first[deed] = min(moment, first.get(deed, moment))
    by_player = defaultdict(list)
    for deed, moment in first.items():
        by_player[deed.player].append((moment, deed.points))
    totals: dict[str, Steps] = defaultdict(lambda: Steps((), _plus))
    totals.update({player: Steps(steps, _plus) for player, steps in by_player.items()})
    return totals


def _plus(total: int, points: int) -> int:
    return total + points
