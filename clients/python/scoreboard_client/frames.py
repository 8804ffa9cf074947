"""What the frames of a stream make of a board. Pure.

The server's scoreboard/stream/protocol/diff.py and the browser's board-state.js do the same; all three are
tested on the same cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from zlib import crc32

Frame = dict[str, Any]


class Lost(Exception):
    """What is shown can't be believed to be the newest: only a snapshot helps."""


class Line(NamedTuple):
    """One row as it travels: player, name, score, and the columns in the board's order.

    `m` has the metadata that the board shows, by field; None if it shows none.
    """

    id: str
    n: str
    s: int
    c: tuple[int, ...] = ()
    m: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board as the frames up to `s` make it."""

    scope: str
    s: int | None = None  # None if nothing of it came yet
    crc: str = ""
    period: str = ""
    ties: str = "ordinal"
    columns: tuple[str, ...] = ()
    show: tuple[dict[str, str], ...] = ()
    total: int = 0
    at: str = ""
    lines: tuple[Line, ...] = ()

    def shows(self, other: Board) -> bool:
        """Whether people see the same on both."""
        return replace(self, s=other.s, at=other.at) == other


def applied(board: Board, frame: Frame) -> Board:
    """The board after a snapshot or a delta; the same one if it has that state already. Raises Lost."""
    if frame["t"] == "snapshot":
        return _proven(_whole(board, frame), frame["crc"])
    if board.s is not None and frame["s"] <= board.s:
        return board
    if board.s != frame["p"]:
        raise Lost(f"{board.scope}: {frame['s']} follows {frame['p']}, not {board.s}")
    return _proven(_changed(board, frame), frame["crc"])


def compare(boards: dict[str, Board], heartbeat: Frame) -> None:
    """Raise Lost if the server has a board in another state."""
    for scope, s, crc in heartbeat["b"]:
        board = boards.get(scope, Board(scope=scope))
        if (board.s, board.crc) != (s, crc):
            raise Lost(f"{scope}: the server is at {s}, not {board.s}")


def checksum(lines: Sequence[Line]) -> str:
    """CRC-32 of `id TAB score LF …`, as eight hex digits: two lists that show the same have it equal."""
    text = "".join(f"{line.id}\t{line.s}\n" for line in lines)
    return f"{crc32(text.encode()):08x}"


def ranks(board: Board) -> list[int]:
    """The rank of each line. Ranks do not travel: a new leader would change all of them."""
    found: list[int] = []
    first = tier = 0
    for index, line in enumerate(board.lines):
        if index == 0 or (line.s, line.c) != (board.lines[index - 1].s, board.lines[index - 1].c):
            first, tier = index + 1, tier + 1
        found.append({"ordinal": index + 1, "competition": first, "dense": tier}[board.ties])
    return found


def _whole(board: Board, frame: Frame) -> Board:
    return Board(
        scope=board.scope,
        s=frame["s"],
        crc=frame["crc"],
        period=frame["period"],
        ties=frame["rank"],
        columns=tuple(frame["columns"]),
        show=tuple(frame.get("show", ())),
        total=frame["tot"],
        at=frame["at"],
        lines=tuple(map(_line, frame["top"])),
    )


def _changed(board: Board, frame: Frame) -> Board:
    total = frame.get("tot", board.total)
    lines = _merged(board.lines, frame)
    return replace(board, s=frame["s"], crc=frame["crc"], total=total, at=frame["at"], lines=lines)


def _merged(old: Sequence[Line], frame: Frame) -> tuple[Line, ...]:
    known = {line.id: line._asdict() for line in old}
    leaving = {*frame["rm"], *(entry["id"] for _, entry in frame["up"])}
    lines = [line for line in old if line.id not in leaving]
    for index, entry in frame["up"]:
        lines.insert(index, _line(known.get(entry["id"], {}) | entry))
    return tuple(lines)


def _line(entry: dict[str, Any]) -> Line:
    try:
        c, m = tuple(entry.get("c", ())), entry.get("m")
        return Line(entry["id"], entry["n"], entry["s"], c, m)
    except KeyError as missing:  # only of a player whom one knows may anything be left out
        raise Lost(f"a row of {entry['id']} lacks {missing}") from None


def _proven(board: Board, crc: str) -> Board:
    if checksum(board.lines) != crc:
        raise Lost(f"{board.scope}: the checksum of {board.s} differs")
    return board
