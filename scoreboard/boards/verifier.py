"""Verifies that the journal's facts, the standings in SQL, and Redis agree."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct

from scoreboard.accounts.service import all_concealed
from scoreboard.boards.order import Order
from scoreboard.boards.refold import fold_board
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.store.entrystates import EntryStates
from scoreboard.boards.store.standings import HiddenStandings, Standings
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.types import Board, Standing
from scoreboard.boards.views import After, BoardView, Listed, Question
from scoreboard.core.storage.db import Connection, Database
from scoreboard.core.storage.redis import RedisAway
from scoreboard.journal.service import Journal, facts_of, merges
from scoreboard.journal.types import Position

PAGE = 1000  # places that are read from Redis at once
SETTLE_SECONDS = 0.5  # before a window that differs is compared again: commits may be on their way to Redis
TRIES = 6


class Difference(Struct, frozen=True, kw_only=True):
    """Two values that differ, and should be equal."""

    where: str  # the window or the row, in words
    expected: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Compares journal, standings and Redis."""

    database: Database
    journal: Journal
    view: BoardView

    def run(self, progress: Callable[[str], None] = lambda text: None) -> list[Difference]:
        """Find all differences. Others may write at the same time: a view that is behind is compared again.

        `progress` is called with a description of each step.
        """
        differences = []
        if gaps := self.journal.gaps():
            gap = Difference(where="journal", expected="no gaps", found=f"{gaps} numbers missing")
            differences.append(gap)
        _, boards = Definitions(self.database).load()
        for board in boards.values():
            progress(f"{board.id}: journal against standings")
            differences += self._standings(board)
            for row in Windows(self.database).of_board(board.id):
                if row.closed_at is None:
                    progress(f"{board.id}: Redis, {row.window.period} {row.window.region}")
                    differences += self._in_redis(board, row)
        return differences

    def _standings(self, board: Board) -> list[Difference]:
        order = Order(board.definition, board.layout)

        def compare(db: Connection) -> list[Difference]:
            shard = self.journal.shard
            facts = facts_of(db, board.id, Position(shard, board.since))
            expected = fold_board(board, facts, merges(db, shard), EntryStates(db).all_not_counted())
            concealed, columns = all_concealed(db), len(order.names)
            found: list[Difference] = []
            for row in Windows(db).of_board(board.id):
                listed, hidden = _split(expected.pop(row.window, {}), concealed)
                in_table = {one.player: one for one in Standings(db).all(row.id, columns)}
                in_hidden = {one.player: one for one in HiddenStandings(db).all(row.id, columns)}
                found += _differences(f"{row.window}", listed, in_table)
                found += _differences(f"{row.window}, not listed,", hidden, in_hidden)
                if row.entries != len(in_table):
                    found.append(
                        Difference(
                            where=f"{row.window} entries", expected=str(len(in_table)), found=str(row.entries)
                        )
                    )
            found += [
                Difference(where=str(window), expected=f"{len(missing)} standings", found="no window")
                for window, missing in expected.items()
            ]
            return found

        return self.database.snapshot(compare)

    def _in_redis(self, board: Board, row: WindowRow) -> list[Difference]:
        order = Order(board.definition, board.layout)
        found: list[Difference] = []
        for _ in range(TRIES):
            try:
                found = self._compare_redis(order, row)
            except RedisAway as error:
                return [Difference(where=f"{row.window} in Redis", expected="an answer", found=str(error))]
            if not found:
                break
            time.sleep(SETTLE_SECONDS)
        return found

    def _compare_redis(self, order: Order, row: WindowRow) -> list[Difference]:
        in_sql = self.database.snapshot(
            lambda db: [(order.key(one), one.player) for one in Standings(db).all(row.id, len(order.names))]
        )
        in_sql.sort(reverse=True)
        in_redis = list(self._places(order, row))
        if in_redis == in_sql:
            return []
        if len(in_redis) != len(in_sql):
            return [
                Difference(
                    where=f"{row.window} in Redis",
                    expected=f"{len(in_sql)} rows",
                    found=f"{len(in_redis)} rows",
                )
            ]
        at = next(
            index for index, pair in enumerate(zip(in_sql, in_redis, strict=True)) if pair[0] != pair[1]
        )
        return [
            Difference(
                where=f"{row.window} in Redis, row {at + 1}",
                expected=str(in_sql[at]),
                found=str(in_redis[at]),
            )
        ]

    def _places(self, order: Order, row: WindowRow) -> Iterator[tuple[str, str]]:
        question: Question = Listed(0, PAGE)
        while (answer := self.view.ask(row.window, order, question)) and answer.places:
            yield from ((place.key, place.player) for place in answer.places)
            last = answer.places[-1]
            question = After(last.key, last.player, PAGE)


def _split(
    standings: Mapping[str, Standing], concealed: Collection[str]
) -> tuple[dict[str, Standing], dict[str, Standing]]:
    """The standings that are listed, and those that are not."""
    listed = {player: one for player, one in standings.items() if player not in concealed}
    return listed, {player: one for player, one in standings.items() if player in concealed}


def _differences(where: str, expected: dict[str, Standing], found: dict[str, Standing]) -> list[Difference]:
    return [
        Difference(
            where=f"{where} {player}", expected=str(expected.get(player)), found=str(found.get(player))
        )
        for player in sorted(expected.keys() | found.keys())
        if expected.get(player) != found.get(player)
    ]
