"""The types of the stream: rows and boards in frames, positions, and signals between processes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from scoreboard.boards.types import ShownField, Window

CURSOR = re.compile(r"^([0-9]{1,20})-([0-9]{1,20})\Z")


class Cursor(Struct, frozen=True, order=True):
    """A position in the stream: the epoch, and the number of the last frame that was seen."""

    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor in a text; None if there is none."""
        match = CURSOR.match(text)
        return cls(int(match[1]), int(match[2])) if match else None


class Line(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One row as frames contain it: player, name, score, and the columns in the board's order.

    `m` has the metadata that the board shows. It is None on boards that show none, and costs nothing there.
    """

    id: str
    n: str
    s: int
    c: tuple[int, ...] = ()
    m: dict[str, str] | None = None


class PublishedBoard(Struct, frozen=True, kw_only=True):
    """A board as it was last published. The next frame is a change of it."""

    scope: str
    s: int  # the number of the frame that published it, counted over all boards
    period: str
    stamp: str  # the state of the window that was read
    layout: str  # period, order, tie rule and size: rows of another layout can't be compared
    rank: str
    size: int
    columns: tuple[str, ...]
    show: tuple[ShownField, ...] = ()
    total: int
    crc: str
    at: str
    top: tuple[Line, ...]


class PublishedFrame(Struct, frozen=True, kw_only=True):
    """A frame as it is kept in Redis."""

    cursor: Cursor
    scope: str
    line: str  # JSON
    stamp: str  # the state of the window that it shows


class Encoded(Struct, frozen=True, kw_only=True, gc=False):
    """A frame in both framings, encoded once for all viewers."""

    s: int
    line: str  # JSON
    event: bytes  # the same as a server-sent event


class Kick(Struct, frozen=True, kw_only=True):
    """A signal to end the streams of a player, a session or a stream scope, or forbidden ones of a board."""

    player: str = ""
    session: str = ""
    scope: str = ""
    board: str = ""  # became private, or was deleted
    why: str = "kicked"


class Tell(Struct, frozen=True, kw_only=True):
    """A signal to send a private frame to all streams of a player."""

    player: str
    frame: str  # JSON


Signal = Kick | Tell
Frame = dict[str, Any]


def scope_of(window: Window) -> str:
    """The stream scope that shows a window while its period runs."""
    return f"{window.board}:{window.region}" if window.region else window.board


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """The first frames of a viewer, how far its cursor was resumed, and its position after them."""

    resume: str  # none, ok or partial
    frames: list[Encoded]
    at: Cursor
