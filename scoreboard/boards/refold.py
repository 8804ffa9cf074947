"""Folding the journal again: the standings that a board's facts add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoreboard.boards.order import Order
from scoreboard.boards.rules import check_exact, fed, fold
from scoreboard.boards.store import standings as table
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.core.db import Connection
from scoreboard.journal.service import facts_of
from scoreboard.journal.types import Recorded


def folded(board: Board, facts: Iterable[Recorded]) -> dict[Window, dict[str, Standing]]:
    """What facts that fed the board add up to, by window and player. Pure.

    Each fact is folded by the operator and into the windows that were settled when it was recorded.
    """
    order = Order(board.definition, board.layout)
    windows: dict[Window, dict[str, Standing]] = {}
    for line in facts:
        fact, mine = line.fact, fed(line).get(board.id)
        if mine is None:
            continue
        columns = tuple(fact.columns.get(name, 0) for name in order.names)
        for period, segment, *_ in mine["standings"]:
            standings = windows.setdefault(Window(board.id, period, segment), {})
            standings[fact.player] = fold(
                standings.get(fact.player),
                player=fact.player,
                operator=mine["operator"],
                amount=fact.amount,
                columns=columns,
                order=order,
                at=fact.data.get("occurredAt", line.at),
                seq=line.seq,
                metadata=fact.data.get("metadata", ""),
            )
    return windows


def refolded(db: Connection, board: Board) -> dict[Window, dict[str, Standing]]:
    """A board's standings, folded from its facts in the order that it has now. Raises Refused.

    Where less was better until now, other scores are the best ones, and what was added to them may
    leave the range of exact numbers.
    """
    windows = folded(board, facts_of(db, board.id, board.since))
    for standings in windows.values():
        for standing in standings.values():
            check_exact(standing)
    return windows


def rewrite(db: Connection, board: Board, windows: Mapping[Window, Mapping[str, Standing]]) -> None:
    """Replace all standings of a board."""
    order = Order(board.definition, board.layout)
    for row in table.window_rows(db, board.id):
        table.delete_standings(db, row.id)
        standings = windows.get(row.window, {}).values()
        table.write_standings(db, [(row.id, standing) for standing in standings], order)
        row.version, row.entries = board.revision, len(standings)
        table.write_window(db, row)
