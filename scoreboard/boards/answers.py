"""The JSON of readings, encoded once for all requests that return the same reading."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import msgspec
from msgspec import Raw, Struct

from scoreboard.boards import cursors
from scoreboard.boards.readings import Reading
from scoreboard.boards.types import Row
from scoreboard.boards.wire import RankedEntry


class Encoded(Struct, frozen=True):
    """The parts of an answer that are the same for each request."""

    entries: Raw  # a JSON array
    following: str | None  # the cursor of the next page


class Answers:
    """Keeps the JSON of a reading as long as the reading exists."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Reading, Encoded] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._kept)

    def encoded(self, reading: Reading) -> Encoded:
        """A reading as JSON."""
        found = self._kept.get(reading)
        if found is None:
            found = self._kept[reading] = _encode(reading)
        return found


def entry_of(reading: Reading, row: Row) -> RankedEntry:
    """A row of a reading as the API answers it."""
    if not reading.board.definition.show:
        return RankedEntry.of(row, reading.total)
    return RankedEntry.of(row, reading.total, shown=reading.shown(row))


def _encode(reading: Reading) -> Encoded:
    entries = [entry_of(reading, row) for row in reading.rows]
    last = reading.last
    following = None if last is None else cursors.write(reading.window, reading.board.layout, last)
    return Encoded(Raw(msgspec.json.encode(entries)), following)
