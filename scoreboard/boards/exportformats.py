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

# Spreadsheets take these, also in full width, for the start of a formula (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
FIRST = ("rank", "player", "displayName", "score")
LAST = ("reachedAt", "metadata", "percentile", "revisedAt")


class Csv:
    """A header, and one line for each row."""

    def __init__(self, order: Order, total: int, revised_at: int | None) -> None:
        self._names, self._total, self._revised = order.names, total, instant(revised_at) or ""

    def head(self) -> bytes:
        """The header. The board's columns have a prefix, so that none has the name of another field."""
        return self._lines([[*FIRST, *(f"columns.{name}" for name in self._names), *LAST]])

    def rows(self, rows: Sequence[Row]) -> bytes:
        """One line for each row."""
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
        """No header."""
        return b""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """One line for each row."""
        return self._encode([ExportedEntry.of(row, self._total, revised_at=self._revised) for row in rows])


def harmless(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


FORMATS: dict[str, type[Csv | JsonLines]] = {"csv": Csv, "jsonl": JsonLines}
