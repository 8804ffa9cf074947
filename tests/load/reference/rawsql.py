"""The rows of a score written by nothing but the driver: a journal line and a standing each."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from random import Random

import apsw
import psycopg

from scoreboard.boards.order import Order
from scoreboard.boards.store.standings import STANDINGS, standing_row
from scoreboard.boards.types import Definition, Standing
from scoreboard.core.storage.db import Rows
from scoreboard.journal.store import JOURNAL, journal_rows
from scoreboard.journal.types import FIRST_SHARD, Fact, Position, RecordedFact
from tests.load.measure import Sample

GROUP = 128  # rows in one commit
AT = 1_767_225_600_000


class RawSql:
    """Writes as many groups as a stretch of time allows, on a database that the product prepared."""

    def __init__(self, url: str, *, players: int) -> None:
        self._players, self._random = players, Random(2)
        self._order, self._seq = Order(Definition()), 1_000_000
        self._write = self._sqlite(url) if url.startswith("sqlite:") else self._postgres(url)

    def run(self, seconds: float) -> Sample:
        """Write for so long. The rows are made outside of what is timed."""
        spent, busy, rows = 0.0, 0.0, 0
        while spent < seconds:
            lines, standings = self._group()
            before, cpu = time.perf_counter(), time.process_time()
            self._write(lines, standings)
            spent += time.perf_counter() - before
            busy += time.process_time() - cpu
            rows += GROUP
        return Sample(done=rows, seconds=spent, cpu_seconds=busy)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _sqlite(self, url: str):
        self._connection = connection = apsw.Connection(str(Path(url.removeprefix("sqlite:///"))))
        for pragma in ("journal_mode = wal", "synchronous = FULL", "cache_size = -32000"):
            connection.execute(f"PRAGMA {pragma}")
        cursor = connection.cursor()

        def write(lines: list, standings: list) -> None:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(JOURNAL._values, lines)
            cursor.executemany(STANDINGS._values, standings)
            cursor.execute("COMMIT")

        return write

    def _postgres(self, url: str):
        self._connection = connection = psycopg.connect(url)

        def write(lines: list, standings: list) -> None:
            for table, rows in ((JOURNAL, lines), (STANDINGS, standings)):
                connection.execute(_unnest(table), [list(column) for column in zip(*rows, strict=True)])
            connection.commit()

        return write

    def _group(self) -> tuple[list, list]:
        facts, standings = [], {}
        for _ in range(GROUP):
            self._seq += 1
            player = f"player-{self._random.randrange(self._players)}"
            score = self._random.randrange(1, 100_000)
            facts.append(_line(self._seq, player, score))
            standings[player] = standing_row(
                1_000_000,
                Standing(
                    player=player,
                    score=score,
                    columns=(),
                    reached_at=AT,
                    reached_by=self._seq,
                    version=self._seq,
                ),
                self._order,
            )
        return journal_rows(facts), list(standings.values())


def _unnest(table: Rows) -> str:
    return table._unnest


def _line(seq: int, player: str, score: int) -> RecordedFact:
    return RecordedFact(
        position=Position(FIRST_SHARD, seq),
        at=AT,
        fact=Fact(
            id=f"score:{secrets.token_hex(12)}",
            kind="score",
            player=player,
            board="main",
            amount=score,
            data={"feeds": [["main", "", 0]]},
            context={"caller": "bootstrap", "request": "0123456789abcdef", "address": "0123456789abcdef"},
        ),
        result={"boards": {"main": {"operator": "increment", "standings": [["all", "", score, seq]]}}},
    )
