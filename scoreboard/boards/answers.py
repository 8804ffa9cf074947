"""The JSON of readings, encoded once for all requests that return the same reading."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import msgspec
from msgspec import Raw, Struct

from scoreboard.boards import cursors
from scoreboard.boards.readings import Reading
from scoreboard.boards.types import Row
from scoreboard.boards.wire import RankedEntry


class EncodedReading(Struct, frozen=True):
    """The parts of an answer that are the same for each request."""

    entries: Raw  # a JSON array
    following: str | None  # the cursor of the next page


class Answers:
    """Keeps the JSON of a reading as long as the reading exists."""

    def __init__(self) -> None:
        self._readings: WeakKeyDictionary[Reading, EncodedReading] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._readings)

    def encode(self, reading: Reading) -> EncodedReading:
        """A reading as JSON. It is encoded once."""
        encoded = self._readings.get(reading)
        if encoded is None:
            encoded = self._readings[reading] = _encode(reading)
        return encoded


def entry_of(reading: Reading, row: Row) -> RankedEntry:
    """A row of a reading as the API answers it."""
    if not reading.board.definition.show:
        return RankedEntry.of(row, reading.total)
    return RankedEntry.of(row, reading.total, shown=reading.shown(row))


def _encode(reading: Reading) -> EncodedReading:
    entries = [entry_of(reading, row) for row in reading.rows]
    last = reading.last
    following = None if last is None else cursors.write(reading.window, reading.board.layout, last)
    return EncodedReading(Raw(msgspec.json.encode(entries)), following)
