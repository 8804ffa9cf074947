"""A published board, and the board after its next frame. Pure."""

from __future__ import annotations

import msgspec
from msgspec import structs

from scoreboard.boards.types import ShownField
from scoreboard.stream.protocol.diff import apply, checksum
from scoreboard.stream.protocol.types import Frame, Line, PublishedBoard


def board_after(old: PublishedBoard | None, frame: Frame, stamp: str) -> PublishedBoard | None:
    """The board after a frame; None if the frame does not follow it, or the checksum differs."""
    if frame["t"] == "snapshot":
        return _whole(frame, stamp)
    if old is None or old.s != frame["p"]:
        return None
    try:
        top = tuple(apply(old.top, frame))
    except KeyError:
        return None
    if checksum(top) != frame["crc"]:
        return None
    return structs.replace(
        old,
        s=frame["s"],
        stamp=stamp,
        total=frame.get("tot", old.total),
        crc=frame["crc"],
        at=frame["at"],
        top=top,
    )


def _whole(frame: Frame, stamp: str) -> PublishedBoard:
    return PublishedBoard(
        scope=frame["b"],
        s=frame["s"],
        period=frame["period"],
        stamp=stamp,
        layout="",
        rank=frame["rank"],
        size=frame["size"],
        columns=tuple(frame["columns"]),
        show=msgspec.convert(frame.get("show", ()), tuple[ShownField, ...]),
        total=frame["tot"],
        crc=frame["crc"],
        at=frame["at"],
        top=tuple(Line(**{**line, "c": tuple(line.get("c", ()))}) for line in frame["top"]),
    )
