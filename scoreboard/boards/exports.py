"""Exports: all rows of one state of a window, a page at a time in memory.

Rows are read in one transaction into an unnamed file, and sent from there as fast as the client reads:
a slow client holds no transaction, and the file is deleted with the answer.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from scoreboard.boards.exportformats import FORMATS
from scoreboard.boards.order import Order
from scoreboard.boards.store.sqlview import NamedPlace, all_named, current_window
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Period, Place, Row, Window
from scoreboard.core.clock import Clock
from scoreboard.core.concurrency.threads import native_sleep
from scoreboard.core.errors import Unavailable
from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal.types import Position

MAX_READING, MAX_OPEN = 2, 16  # in one process: exports being read from SQL, and exports being sent
PAGE = 500  # rows of one query
SLICE = 50  # rows between two pauses: a millisecond of Python
PIECE = 64 * 1024  # bytes that are sent at once
PAUSE_SECONDS = 0.0005  # after each slice, so that other threads run
LOOK_SECONDS = 0.01  # between two looks for more rows in the file
BEGIN_SECONDS = 1.5  # the most that a request waits for its export to begin, as for all its reads
TOO_MANY = "Too many exports are running. Try again in 5 seconds."


class ReaderGone(Exception):
    """The client that reads the export has gone."""


def unnamed_file() -> int:
    """An unnamed file, which is deleted when it is closed."""
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


@dataclass(kw_only=True)
class Spool:
    """One export: its window, and the file that rows are written to and sent from."""

    window: Window
    period: Period
    order: Order
    format: str
    version: Position  # the newest fact in it
    as_of: int = 0
    total: int = 0
    revised_at: int | None = None
    file: int = field(default_factory=unnamed_file)
    begun: bool = False
    done: bool = False
    stopped: bool = False
    error: Exception | None = None
    # The writer or the reader, whichever is done first, pops this; the other one closes the file. A list's
    # pop is atomic between native threads.
    _both_use: list[bool] = field(default_factory=lambda: [True])

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of the file until it is complete. Raises the error that ended reading."""
        sent = 0
        while True:
            done = self.done  # before reading: then nothing that was written is missed
            piece = os.pread(self.file, PIECE, sent)
            sent += len(piece)
            if piece:
                yield piece
            elif self.error is not None:
                raise self.error
            elif done:
                return
            else:
                time.sleep(LOOK_SECONDS)

    def write(self, data: bytes) -> None:
        """Append to the file. Raises ReaderGone if the client has gone."""
        if self.stopped:
            raise ReaderGone
        while data:
            data = data[os.write(self.file, data) :]

    def release(self) -> None:
        """Note that the writer, or the reader, is done with the file."""
        try:
            self._both_use.pop()
        except IndexError:
            os.close(self.file)


@dataclass(frozen=True, kw_only=True)
class Exports:
    """Runs exports: at most MAX_READING are read and MAX_OPEN are sent at the same time."""

    database: Database
    shard: int
    clock: Clock
    _reading: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MAX_READING)
    )
    _open: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAX_OPEN))

    def begin(self, window: Window, period: Period, order: Order, format: str) -> Spool:
        """Begin an export. The caller must call `end` once it is sent, or has failed.

        Raises Unavailable, and OrderChanged if the board has another order by now.
        """
        if not self._open.acquire(blocking=False):
            raise Unavailable(TOO_MANY, code="overloaded", retry_after_seconds=5)
        if not self._reading.acquire(blocking=False):
            self._open.release()
            raise Unavailable(TOO_MANY, code="overloaded", retry_after_seconds=5)
        spool = Spool(
            window=window, period=period, order=order, format=format, version=Position(self.shard, 0)
        )
        threading.Thread(target=self._read, args=(spool,), daemon=True).start()
        until = time.monotonic() + BEGIN_SECONDS
        while not (spool.begun or spool.done or time.monotonic() > until):
            time.sleep(LOOK_SECONDS / 10)
        if not spool.begun:
            self.end(spool)
            raise spool.error or Unavailable("The database can't be reached now. Try again.")
        return spool

    def end(self, spool: Spool) -> None:
        """Stop an export, and free its slot."""
        spool.stopped = True
        self._open.release()
        spool.release()

    def _read(self, spool: Spool) -> None:
        try:
            self.database.snapshot(lambda db: self._read_rows(db, spool))
        except ReaderGone:
            pass
        except Exception as error:  # noqa: BLE001 - raised in the thread that sends the export
            spool.error = error
        finally:
            self._reading.release()
            spool.done = True
            spool.release()

    def _read_rows(self, db: Connection, spool: Spool) -> None:
        # PostgreSQL is read by the event loop's threads, SQLite by native ones.
        pause = time.sleep if self.database.postgres else native_sleep()
        row = current_window(db, spool.window, spool.order)
        spool.as_of = self.clock()
        if row is not None:
            spool.version, spool.total = Position(self.shard, row.version), row.entries
            period = Windows(db).get(structs.replace(spool.window, region=""))
            spool.revised_at = period.revised_at if period else None
        lines = FORMATS[spool.format](spool.order, spool.total, spool.revised_at)
        spool.begun = True
        spool.write(lines.head())
        for page in _ranked_pages(spool, all_named(db, row.id, PAGE) if row else ()):
            for start in range(0, len(page), SLICE):
                spool.write(lines.rows(page[start : start + SLICE]))
                pause(PAUSE_SECONDS)


def _ranked_pages(
    spool: Spool, pages: Iterator[list[NamedPlace]] | Sequence[list[NamedPlace]]
) -> Iterator[list[Row]]:
    """Rows with their ranks, counted from the first row."""
    order, tier = spool.order, ""
    position = ahead = tiers = 0
    for page in pages:
        rows = []
        for key, player, metadata, name in page:
            if tier and key[: order.tier_width] != tier:
                ahead, tiers = position, tiers + 1
            tier = key[: order.tier_width]
            place = Place(
                key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=metadata
            )
            rows.append(order.row(place, name or player))
            position += 1
        yield rows
