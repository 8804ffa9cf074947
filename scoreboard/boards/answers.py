"""Readings as the API answers them: each is encoded once for everybody who asks for it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import msgspec
from msgspec import Raw, Struct

from scoreboard.boards import cursors
from scoreboard.boards.readings import Reading
from scoreboard.boards.wire import RankedEntry


class Encoded(Struct, frozen=True):
    """What answers repeat of a reading."""

    entries: Raw  # a JSON array
    following: str | None  # the cursor of the next page


class Answers:
    """The JSON of readings, kept while the reading is."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Reading, Encoded] = WeakKeyDictionary()

    def encoded(self, reading: Reading) -> Encoded:
        """A reading as JSON."""
        found = self._kept.get(reading)
        if found is None:
            found = self._kept[reading] = _encode(reading)
        return found


def _encode(reading: Reading) -> Encoded:
    entries = [RankedEntry.of(row, reading.total) for row in reading.rows]
    last = reading.last
    following = None if last is None else cursors.write(reading.window, reading.board.layout, last)
    return Encoded(Raw(msgspec.json.encode(entries)), following)
