"""The words of the stream: rows as they travel, and where in the stream one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from scoreboard.boards.types import Window

CURSOR = re.compile(r"^([0-9]{1,20})-([0-9]{1,20})\Z")


class Cursor(Struct, frozen=True, order=True):
    """A place in the stream: which incarnation, and the number of the last frame seen."""

    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor in a text; None where it is none."""
        match = CURSOR.match(text)
        return cls(int(match[1]), int(match[2])) if match else None


class Line(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One row as it travels: player, name, score, and the columns in the board's order."""

    id: str
    n: str
    s: int
    c: tuple[int, ...] = ()


class PublishedBoard(Struct, frozen=True, kw_only=True):
    """A board as it was last published: what the next frame is a change of."""

    scope: str
    s: int  # the frame that published it, among all boards' frames
    period: str
    stamp: str  # the state of the window that was read
    layout: str  # what makes rows incomparable when it changes: period, order, tie rule, size
    rank: str
    size: int
    columns: tuple[str, ...]
    total: int
    crc: str
    at: str
    top: tuple[Line, ...]


class Published(Struct, frozen=True, kw_only=True):
    """A frame as it lies in Redis."""

    cursor: Cursor
    scope: str
    line: str  # JSON
    stamp: str  # the state of the window that it shows


class Encoded(Struct, frozen=True, kw_only=True, gc=False):
    """A frame in both framings, made once for all viewers."""

    s: int
    line: str  # JSON
    event: bytes  # the same as a server-sent event


class Kick(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which streams every process ends: of a player, a session or a scope, or strangers' of a board."""

    player: str = ""
    session: str = ""
    scope: str = ""
    board: str = ""  # that went private, or was deleted
    why: str = "kicked"


Frame = dict[str, Any]


def scope_of(window: Window) -> str:
    """The scope that shows a window while its period runs."""
    return f"{window.board}:{window.region}" if window.region else window.board


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """What a viewer gets first: frames, whether he was resumed, and where he is then."""

    resume: str
    frames: list[Encoded]
    at: Cursor
