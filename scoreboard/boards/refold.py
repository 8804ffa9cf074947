"""Folding the journal again: the standings that a board's facts add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from scoreboard.boards.order import Order
from scoreboard.boards.rules import check_exact, fed, fold
from scoreboard.boards.store import standings as table
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.core.storage.db import Connection
from scoreboard.journal.service import facts_of, merges
from scoreboard.journal.types import Position, Recorded

Standings = dict[str, Standing]  # by player


def fold_in(
    windows: dict[Window, Standings], board: Board, order: Order, line: Recorded, player: str
) -> list[Window]:
    """Fold one fact into the windows of a board that it fed, as one of `player`. Returns those windows.

    It is folded by the operator and into the windows that were settled when it was recorded.
    """
    fact, mine = line.fact, fed(line).get(board.id)
    if mine is None or line.seq <= board.since:
        return []
    columns = tuple(fact.columns.get(name, 0) for name in order.names)
    found = [Window(board.id, period, region) for period, region, *_ in mine["standings"]]
    for window in found:
        standings = windows.setdefault(window, {})
        standings[player] = fold(
            standings.get(player),
            player=player,
            operator=mine["operator"],
            amount=fact.amount,
            columns=columns,
            order=order,
            at=fact.data.get("occurredAt", line.at),
            position=line.position,
            metadata=fact.data.get("metadata", ""),
        )
    return found


def folded(
    board: Board, facts: Iterable[Recorded], merged: Sequence[Recorded] = ()
) -> dict[Window, Standings]:
    """What facts that fed the board add up to, by window and player. Pure.

    `merged` are the facts that merged guests: what a guest scored counts as the account's, in the order in
    which all of it happened.
    """
    order = Order(board.definition, board.layout)
    by_guest = {line.fact.data["guest"]: line for line in merged}
    windows: dict[Window, Standings] = {}
    versions: dict[tuple[Window, str], int] = {}
    for line in facts:
        merge = by_guest.get(line.fact.player)
        player = merge.fact.player if merge else line.fact.player
        found = fold_in(windows, board, order, line, player)
        for window in found if merge else ():
            versions[window, player] = max(merge.seq, versions.get((window, player), 0))  # type: ignore[union-attr]
    for (window, player), version in versions.items():
        windows[window][player] = as_new_as(windows[window][player], version)
    return windows


def as_new_as(standing: Standing, version: int) -> Standing:
    """A standing that was changed by the fact `version` at the latest."""
    return standing if standing.version >= version else structs.replace(standing, version=version)


def refolded(db: Connection, shard: int, board: Board) -> dict[Window, Standings]:
    """A board's standings, folded from its facts in the order that it has now. Raises Refused.

    Where less was better until now, other scores are the best ones, and what was added to them may
    leave the range of exact numbers.
    """
    windows = folded(board, facts_of(db, board.id, Position(shard, board.since)), merges(db, shard))
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
