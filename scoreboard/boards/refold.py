"""Folding a board's facts again: the standings that they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from scoreboard.boards.facts import results_of
from scoreboard.boards.order import Order
from scoreboard.boards.rules import check_exact, fold
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.core.storage.db import Connection
from scoreboard.journal.service import facts_of, merges
from scoreboard.journal.types import Position, RecordedFact

ByPlayer = dict[str, Standing]


def fold_in(
    windows: dict[Window, ByPlayer], board: Board, order: Order, line: RecordedFact, player: str
) -> list[Window]:
    """Fold one fact into the windows of a board, for `player`. Returns those windows.

    Operator and windows are those of its result: they were fixed when it was recorded.
    """
    fact, result = line.fact, results_of(line).get(board.id)
    if result is None or line.seq <= board.since:
        return []
    columns = tuple(fact.columns.get(name, 0) for name in order.names)
    found = [window for window, *_ in result.standings]
    for window in found:
        standings = windows.setdefault(window, {})
        standings[player] = fold(
            standings.get(player),
            player=player,
            operator=result.operator,
            amount=fact.amount,
            columns=columns,
            order=order,
            at=fact.data.get("occurredAt", line.at),
            position=line.position,
            metadata=fact.data.get("metadata", ""),
        )
    return found


def fold_board(
    board: Board, facts: Iterable[RecordedFact], merge_facts: Sequence[RecordedFact] = ()
) -> dict[Window, ByPlayer]:
    """The standings that facts add up to, by window and player. Pure.

    `merge_facts` are those that merged guests: a guest's scores count as the account's, in the order in
    which they were recorded.
    """
    order = Order(board.definition, board.layout)
    by_guest = {line.fact.data["guest"]: line for line in merge_facts}
    windows: dict[Window, ByPlayer] = {}
    versions: dict[tuple[Window, str], int] = {}
    for line in facts:
        merge = by_guest.get(line.fact.player)
        player = merge.fact.player if merge else line.fact.player
        changed_windows = fold_in(windows, board, order, line, player)
        for window in changed_windows if merge else ():
            versions[window, player] = max(merge.seq, versions.get((window, player), 0))  # type: ignore[union-attr]
    for (window, player), version in versions.items():
        windows[window][player] = as_new_as(windows[window][player], version)
    return windows


def as_new_as(standing: Standing, version: int) -> Standing:
    """The standing with its version raised to `version`."""
    return standing if standing.version >= version else structs.replace(standing, version=version)


def refold(db: Connection, shard: int, board: Board) -> dict[Window, ByPlayer]:
    """A board's standings, folded from its facts in the board's new order. Raises Refused.

    If less was better until now, other scores are the best ones, and adding to them may exceed the
    range of exact numbers.
    """
    facts = facts_of(db, board.id, Position(shard, board.since))
    windows = fold_board(board, facts, merges(db, shard))
    for standings in windows.values():
        for standing in standings.values():
            check_exact(standing)
    return windows


def rewrite(db: Connection, board: Board, windows: Mapping[Window, Mapping[str, Standing]]) -> None:
    """Replace all standings of a board."""
    order, window_table, standing_table = Order(board.definition, board.layout), Windows(db), Standings(db)
    for row in window_table.of_board(board.id):
        standings = windows.get(row.window, {}).values()
        standing_table.delete_all(row.id)
        standing_table.write([(row.id, standing) for standing in standings], order)
        row.version, row.entries = board.revision, len(standings)
        window_table.write(row)
