"""Share cards: their texts, and the sizes of their type. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1200, 630  # pixels; social networks show this size without cutting it
LINES = 5
NARROW, WIDE = 0.6, 1.0  # of a character, in parts of the type size
FIRST_STRONG, RIGHT_TO_LEFT, END = (
    "\N{FIRST STRONG ISOLATE}",
    "\N{RIGHT-TO-LEFT ISOLATE}",
    "\N{POP DIRECTIONAL ISOLATE}",
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a card: a rank, the name of a player or a board, and a score."""

    rank: str
    place: int  # the rank without its sign for ties; the first three get medals
    name: str
    note: str = ""
    score: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A card's texts."""

    title: str
    facts: str
    lines: Sequence[Line]
    empty: str  # shown if there are no lines
    rtl: bool

    @property
    def texts(self) -> str:
        """All its texts, for choosing fonts."""
        lines = (f"{line.rank}{line.name}{line.note}{line.score}" for line in self.lines)
        return "".join((self.title, self.facts, self.empty, *lines))


def drawable_name(drawable: Callable[[str], bool], name: str, id: str) -> str:
    """A name; the id if no font has all its characters. Ids consist of ASCII characters."""
    return name if drawable(name) else id


def size(text: str, *, width: int, largest: int, least: int) -> int:
    """The type size at which a text is about as wide as allowed."""
    ems = sum(map(_ems, text)) or 1
    return max(least, min(largest, int(width / ems)))


def isolate(text: str, *, rtl: bool | None = None) -> str:
    """A text whose direction does not depend on its neighbours; by default that of its first letter."""
    return f"{RIGHT_TO_LEFT if rtl else FIRST_STRONG}{text}{END}"


def _ems(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    return WIDE if unicodedata.east_asian_width(char) in "WF" else NARROW
