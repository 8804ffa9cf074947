"""Folding the journal again: the standings that a board's facts add up to."""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from scoreboard.boards.order import Order
from scoreboard.boards.rules import fold
from scoreboard.boards.store import standings as table
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.journal.service import scores_of
from scoreboard.journal.types import Recorded


def folded(board: Board, facts: Iterable[Recorded]) -> dict[Window, dict[str, Standing]]:
    """What facts of the kind "score" add up to, by window and player. Pure.

    Each fact is folded by the operator and into the windows that were settled when it was recorded.
    """
    order = Order(board.definition, board.layout)
    windows: dict[Window, dict[str, Standing]] = {}
    for line in facts:
        fact, result = line.fact, line.result
        columns = tuple(fact.columns.get(name, 0) for name in order.names)
        for period, segment, *_ in result["standings"]:
            standings = windows.setdefault(Window(board.id, period, segment), {})
            standings[fact.player] = fold(
                standings.get(fact.player),
                player=fact.player,
                operator=result["operator"],
                amount=fact.amount,
                columns=columns,
                order=order,
                at=fact.data.get("occurredAt", line.at),
                seq=line.seq,
                metadata=fact.data.get("metadata", ""),
            )
    return windows


def refold(db: peewee.Database, board: Board) -> None:
    """Rewrite a board's standings from its facts, in the order that it has now."""
    order = Order(board.definition, board.layout)
    windows = folded(board, scores_of(db, board.id, board.since))
    for row in table.window_rows(db, board.id):
        table.delete_standings(db, row.id)
        standings = windows.get(row.window, {}).values()
        table.write_standings(db, [(row.id, standing) for standing in standings], order)
        row.version, row.entries = board.revision, len(standings)
        table.write_window(db, row)
