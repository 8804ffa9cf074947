"""Readings: the rows that a read of a board returns. A process keeps the first pages in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from msgspec import Struct

from scoreboard.boards.shown import shown_fields
from scoreboard.boards.types import Board, Period, Place, Row, Window
from scoreboard.boards.views import Listed, Question
from scoreboard.journal.types import Position

MAX_KEPT = 64  # first pages that a process keeps, each in the last state of its window that it met
MAX_BYTES = 256 * 1024  # of one reading
ROW_BYTES = 256  # of a row without its metadata


class Reading(Struct, frozen=True, kw_only=True, eq=False, weakref=True):
    """Rows of one state of a window."""

    board: Board
    window: Window
    period: Period
    version: Position  # the newest fact in that state
    stamp: str  # names the state of the window
    names: str  # the version of the names
    total: int
    rows: list[Row]
    last: Place | None = None  # of the last row, if more rows follow

    @property
    def state(self) -> str:
        """Names the state of the rows, the definition and the names: the same text means the same rows."""
        return f"{self.board.revision}.{self.stamp}.{self.names}"

    def shown(self, row: Row) -> dict[str, str]:
        """The metadata of a row that the board shows to everybody."""
        return shown_fields(self.board.definition.show, row.metadata)


class KeptReadings:
    """The first pages of windows, which are requested again and again; other pages rarely are."""

    def __init__(self) -> None:
        self._readings: OrderedDict[tuple[Window, Question], Reading] = OrderedDict()

    def __iter__(self) -> Iterator[Reading]:
        return iter(self._readings.values())

    @staticmethod
    def keeps(question: Question) -> bool:
        """True if answers to a question are kept."""
        return isinstance(question, Listed) and question.offset == 0

    def get(self, window: Window, question: Question) -> Reading | None:
        """The last answer to a question. Its state may be outdated."""
        return self._readings.get((window, question))

    def keep(self, question: Question, reading: Reading) -> None:
        """Keep a reading, instead of the oldest one, unless it is too large."""
        if not self.keeps(question) or _bytes(reading) > MAX_BYTES:
            return
        self._readings[reading.window, question] = reading
        self._readings.move_to_end((reading.window, question))
        if len(self._readings) > MAX_KEPT:
            self._readings.popitem(last=False)


def _bytes(reading: Reading) -> int:
    return sum(ROW_BYTES + len(row.metadata) for row in reading.rows)
