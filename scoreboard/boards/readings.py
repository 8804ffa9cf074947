"""Readings: the rows that a read of a board returns. A process keeps the first pages in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from msgspec import Struct

from scoreboard.boards.shown import shown_fields
from scoreboard.boards.types import Board, Period, Place, Row, Window
from scoreboard.boards.views import Listed, Question
from scoreboard.journal.types import Position

MAX_KEPT = 64  # first pages that a process keeps; each is valid for one state of its window
MAX_BYTES = 256 * 1024  # of one reading
ROW_BYTES = 256  # of a row without its metadata


class Reading(Struct, frozen=True, kw_only=True, eq=False, weakref=True):
    """Rows of one state of a window."""

    board: Board
    window: Window
    period: Period
    version: Position  # the newest fact in that state
    state: str  # names the state: the same text means the same rows
    stamp: str  # the window's part of that name
    total: int
    rows: list[Row]
    last: Place | None = None  # of the last row, if more rows follow

    def shown(self, row: Row) -> dict[str, str]:
        """The metadata of a row that the board shows to everybody."""
        return shown_fields(self.board.definition.show, row.metadata)


class KeptReadings:
    """The first pages of windows, which are requested again and again; other pages rarely are."""

    def __init__(self) -> None:
        self._readings: OrderedDict[tuple[Window, str, Question], Reading] = OrderedDict()

    def __iter__(self) -> Iterator[Reading]:
        return iter(self._readings.values())

    @staticmethod
    def keeps(question: Question) -> bool:
        """True if answers to a question are kept."""
        return isinstance(question, Listed) and question.offset == 0

    def get(self, window: Window, state: str, question: Question) -> Reading | None:
        """The reading of a state, if it is kept."""
        return self._readings.get((window, state, question))

    def keep(self, question: Question, reading: Reading) -> None:
        """Keep a reading, instead of the oldest one, unless it is too large."""
        if not self.keeps(question) or _bytes(reading) > MAX_BYTES:
            return
        self._readings[reading.window, reading.state, question] = reading
        if len(self._readings) > MAX_KEPT:
            self._readings.popitem(last=False)


def _bytes(reading: Reading) -> int:
    return sum(ROW_BYTES + len(row.metadata) for row in reading.rows)
