"""The difference between two lists, and how to apply it. Pure.

board-state.js and the Python client do the same; all are tested on the same cases.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from scoreboard.stream.protocol.types import Line

Change = dict[str, Any]


def checksum(lines: Sequence[Line]) -> str:
    """CRC-32 of `id TAB score LF …`, as eight hex digits: equal for lists that show the same."""
    text = "".join(f"{line.id}\t{line.s}\n" for line in lines)
    return f"{crc32(text.encode()):08x}"


def difference(old: Sequence[Line], new: Sequence[Line]) -> Change:
    """The smallest change from `old` to `new`: rows that go (`rm`), and that come, change or move (`up`).

    `up` holds [index in the new list, fields]; of a player in the old list only the changed fields.
    """
    before = {line.id: (index, line) for index, line in enumerate(old)}
    after = {line.id for line in new}
    common = [line for line in new if line.id in before]
    in_order = _longest_increasing([before[line.id][0] for line in common])
    unmoved = {common[index].id for index in in_order}
    up = []
    for index, line in enumerate(new):
        if line.id not in before:
            up.append([index, fields(line)])
        elif line.id not in unmoved or before[line.id][1] != line:
            up.append([index, _changed_fields(before[line.id][1], line)])
    return {"rm": [line.id for line in old if line.id not in after], "up": up}


def apply(old: Sequence[Line], change: Change) -> list[Line]:
    """The list after a change of `old`. Raises KeyError if the change belongs to another list."""
    old_lines = {line.id: line for line in old}
    removed = {*change["rm"], *(entry["id"] for _, entry in change["up"])}
    lines = [line for line in old if line.id not in removed]
    for index, entry in change["up"]:
        lines.insert(index, _merge(old_lines.get(entry["id"]), entry))
    return lines


def fields(line: Line) -> dict[str, Any]:
    """A whole line, as frames contain it."""
    entry: dict[str, Any] = {"id": line.id, "n": line.n, "s": line.s}
    if line.c:
        entry["c"] = line.c
    if line.m:
        entry["m"] = line.m
    return entry


def _changed_fields(old: Line, new: Line) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": new.id}
    entry.update(
        (name, getattr(new, name)) for name in ("n", "s", "c") if getattr(new, name) != getattr(old, name)
    )
    if new.m != old.m:
        entry["m"] = new.m
    return entry


def _merge(old: Line | None, entry: dict[str, Any]) -> Line:
    if old is None:
        c, m = tuple(entry.get("c", ())), entry.get("m")
        return Line(id=entry["id"], n=entry["n"], s=entry["s"], c=c, m=m)
    return Line(
        id=old.id,
        n=entry.get("n", old.n),
        s=entry.get("s", old.s),
        c=tuple(entry.get("c", old.c)),
        m=entry.get("m", old.m),
    )


def _longest_increasing(numbers: Sequence[int]) -> list[int]:
    """Indexes of a longest strictly increasing subsequence (patience sorting, O(n log n))."""
    tails: list[int] = []
    at: list[int] = []
    previous = [-1] * len(numbers)
    for index, number in enumerate(numbers):
        length = bisect_left(tails, number)
        tails[length : length + 1] = [number]
        at[length : length + 1] = [index]
        previous[index] = at[length - 1] if length else -1
    result = []
    index = at[-1] if at else -1
    while index >= 0:
        result.append(index)
        index = previous[index]
    return result[::-1]
