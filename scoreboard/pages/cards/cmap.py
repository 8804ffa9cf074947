"""The characters that a font file has, from its table `cmap` (OpenType 1.9). Pure."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Bytes = Any  # bytes, or a file in memory
COLLECTION = b"ttcf"
UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))  # kinds of subtables (platform, encoding), the best first


@dataclass(frozen=True)
class Characters:
    """A set of characters, as ranges of code points."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, char: str) -> bool:
        at = bisect_right(self.starts, ord(char)) - 1
        return at >= 0 and ord(char) <= self.ends[at]


def characters(font: Bytes) -> Characters:
    """The characters of a font file; of a collection, those of its first font.

    Raises ValueError or struct.error.
    """
    table = _table(font, b"cmap")
    ranges = sorted(_ranges(font, table + _subtable(font, table)))
    return Characters(tuple(start for start, _ in ranges), tuple(end for _, end in ranges))


def _table(font: Bytes, tag: bytes) -> int:
    begin = struct.unpack_from(">I", font, 12)[0] if font[:4] == COLLECTION else 0
    (count,) = struct.unpack_from(">H", font, begin + 4)
    for index in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, begin + 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"the font has no table {tag!r}")


def _subtable(font: Bytes, table: int) -> int:
    (count,) = struct.unpack_from(">H", font, table + 2)
    offsets = {}
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, table + 4 + 8 * index)
        offsets[platform, encoding] = offset
    for kind in UNICODE:
        if kind in offsets:
            return int(offsets[kind])
    raise ValueError("the font has no Unicode characters")


def _ranges(font: Bytes, at: int) -> Iterator[tuple[int, int]]:
    (format,) = struct.unpack_from(">H", font, at)
    if format == 12:
        (count,) = struct.unpack_from(">I", font, at + 12)
        for index in range(count):
            start, end, _ = struct.unpack_from(">III", font, at + 16 + 12 * index)
            yield start, end
    elif format == 4:
        (double,) = struct.unpack_from(">H", font, at + 6)
        ends = struct.unpack_from(f">{double // 2}H", font, at + 14)
        starts = struct.unpack_from(f">{double // 2}H", font, at + 16 + double)
        yield from ((start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF)
    else:
        raise ValueError(f"a subtable of format {format} is not read here")
