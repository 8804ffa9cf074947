"""A board's rows as files: CSV for spreadsheets, JSON lines for programs. Pure.

CSV is that of RFC 4180: UTF-8 without a byte order mark, CRLF, texts in quotes and numbers without.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from scoreboard.boards.order import Order, percentile
from scoreboard.boards.types import Row
from scoreboard.boards.wire import ExportedEntry, instant
from scoreboard.core.clock import rfc3339

# What spreadsheets take for the beginning of a formula, also in full width (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
FIRST = ("rank", "player", "displayName", "score")
LAST = ("reachedAt", "metadata", "percentile", "revisedAt")


class Csv:
    """One line for each row, and a first line with the names of the columns."""

    def __init__(self, order: Order, total: int, revised_at: int | None) -> None:
        self._names, self._total, self._revised = order.names, total, instant(revised_at) or ""

    def head(self) -> bytes:
        """The first line. Columns of the board have a prefix, so that none is called like one of ours."""
        return self._lines([[*FIRST, *(f"columns.{name}" for name in self._names), *LAST]])

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        return self._lines([self._cells(row) for row in rows])

    def _cells(self, row: Row) -> list[str | int | float]:
        texts = (row.player, row.name)
        percent = percentile(row.ahead, self._total)
        rest = (rfc3339(row.reached_at), harmless(row.metadata), percent, self._revised)
        columns = (row.columns[name] for name in self._names)
        return [row.rank, *map(harmless, texts), row.score, *columns, *rest]

    def _lines(self, lines: Sequence[Sequence[str | int | float]]) -> bytes:
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(lines)
        return text.getvalue().encode()


class JsonLines:
    """Each row as the API answers it, on a line of its own."""

    def __init__(self, order: Order, total: int, revised_at: int | None) -> None:
        self._encode = msgspec.json.Encoder().encode_lines
        self._total = total
        self._revised = instant(revised_at) or UNSET

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Lines."""
        return self._encode([ExportedEntry.of(row, self._total, revised_at=self._revised) for row in rows])


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: it gets an apostrophe where it begins like one."""
    return f"'{text}" if text.startswith(FORMULA) else text


FORMATS: dict[str, type[Csv | JsonLines]] = {"csv": Csv, "jsonl": JsonLines}
