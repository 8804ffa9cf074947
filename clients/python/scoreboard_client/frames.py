"""Applies the frames of a stream to a board. Pure.

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
    """Frames are missing or damaged, so the board may be outdated: only a snapshot helps."""


class Line(NamedTuple):
    """One row as frames carry it: player, name, score, and the columns in the board's order.

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
    s: int | None = None  # the frame number; None before the first snapshot
    crc: str = ""
    period: str = ""
    ties: str = "ordinal"
    columns: tuple[str, ...] = ()
    show: tuple[dict[str, str], ...] = ()
    total: int = 0
    at: str = ""
    lines: tuple[Line, ...] = ()

    def looks_like(self, other: Board) -> bool:
        """True if both look the same to people."""
        return replace(self, s=other.s, at=other.at) == other


def apply(board: Board, frame: Frame) -> Board:
    """The board after a snapshot or a delta; the same one if it has that state already. Raises Lost."""
    if frame["t"] == "snapshot":
        return _verified(_from_snapshot(board, frame), frame["crc"])
    if board.s is not None and frame["s"] <= board.s:
        return board
    if board.s != frame["p"]:
        raise Lost(f"{board.scope}: {frame['s']} follows {frame['p']}, not {board.s}")
    return _verified(_with_delta(board, frame), frame["crc"])


def compare(boards: dict[str, Board], heartbeat: Frame) -> None:
    """Raise Lost if the server has a board in another state."""
    for scope, s, crc in heartbeat["b"]:
        board = boards.get(scope, Board(scope=scope))
        if (board.s, board.crc) != (s, crc):
            raise Lost(f"{scope}: the server is at {s}, not {board.s}")


def checksum(lines: Sequence[Line]) -> str:
    """CRC-32 of `id TAB score LF …` as eight hex digits: equal for the same players and scores."""
    text = "".join(f"{line.id}\t{line.s}\n" for line in lines)
    return f"{crc32(text.encode()):08x}"


def ranks(board: Board) -> list[int]:
    """The rank of each line. Frames don't carry ranks: a new leader would change all of them."""
    ranks: list[int] = []
    first = tier = 0
    for index, line in enumerate(board.lines):
        if index == 0 or (line.s, line.c) != (board.lines[index - 1].s, board.lines[index - 1].c):
            first, tier = index + 1, tier + 1
        ranks.append({"ordinal": index + 1, "competition": first, "dense": tier}[board.ties])
    return ranks


def _from_snapshot(board: Board, frame: Frame) -> Board:
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


def _with_delta(board: Board, frame: Frame) -> Board:
    total = frame.get("tot", board.total)
    lines = _merge(board.lines, frame)
    return replace(board, s=frame["s"], crc=frame["crc"], total=total, at=frame["at"], lines=lines)


def _merge(old: Sequence[Line], frame: Frame) -> tuple[Line, ...]:
    by_id = {line.id: line._asdict() for line in old}
    leaving = {*frame["rm"], *(entry["id"] for _, entry in frame["up"])}
    lines = [line for line in old if line.id not in leaving]
    for index, entry in frame["up"]:
        lines.insert(index, _line(by_id.get(entry["id"], {}) | entry))
    return tuple(lines)


def _line(entry: dict[str, Any]) -> Line:
    try:
        c, m = tuple(entry.get("c", ())), entry.get("m")
        return Line(entry["id"], entry["n"], entry["s"], c, m)
    except KeyError as missing:  # frames omit fields only in rows that were sent before
        raise Lost(f"a row of {entry['id']} lacks {missing}") from None


def _verified(board: Board, crc: str) -> Board:
    if checksum(board.lines) != crc:
        raise Lost(f"{board.scope}: the checksum of {board.s} differs")
    return board
