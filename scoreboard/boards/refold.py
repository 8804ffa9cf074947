"""Folding a board's facts again: the standings that they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import structs

from scoreboard.accounts.service import all_concealed
from scoreboard.boards.facts import refolded_by, results_of
from scoreboard.boards.order import Order
from scoreboard.boards.rules import check_exact, fold
from scoreboard.boards.store.entrystates import EntryStates
from scoreboard.boards.store.standings import HiddenStandings, Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.core.storage.db import Connection
from scoreboard.journal.service import facts_of, merges
from scoreboard.journal.types import Position, RecordedFact

ByPlayer = dict[str, Standing]


def fold_in(
    windows: dict[Window, ByPlayer],
    board: Board,
    order: Order,
    line: RecordedFact,
    player: str,
    not_counted: Collection[int],
) -> list[Window]:
    """Fold one fact into the windows of a board, for `player`. Returns those windows.

    Operator and windows are those of its result: they were fixed when it was recorded. An entry of
    `not_counted` changes nothing.
    """
    if line.seq <= board.since or line.seq in not_counted:
        return []
    fact, result = line.fact, results_of(line).get(board.id)
    if result is None:
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
    board: Board,
    facts: Iterable[RecordedFact],
    merge_facts: Sequence[RecordedFact] = (),
    not_counted: Collection[int] = (),
) -> dict[Window, ByPlayer]:
    """The standings that facts add up to, by window and player. Pure.

    `merge_facts` are those that merged guests: a guest's scores count as the account's, in the order in
    which they were recorded. A fact that had standings folded again made them as new as itself.
    """
    order = Order(board.definition, board.layout)
    accounts = {line.fact.data["guest"]: line.fact.player for line in merge_facts}
    windows: dict[Window, ByPlayer] = {}
    for line in facts:
        player = accounts.get(line.fact.player, line.fact.player)
        fold_in(windows, board, order, line, player, not_counted)
        for window, players in refolded_by(line) if line.seq > board.since else ():
            if window.board == board.id:
                _renew(windows.get(window, {}), players, line.seq)
    return {window: standings for window, standings in windows.items() if standings}


def _renew(standings: ByPlayer, players: Sequence[str], seq: int) -> None:
    for player in players:
        if player in standings:
            standings[player] = as_new_as(standings[player], seq)


def as_new_as(standing: Standing, version: int) -> Standing:
    """The standing with its version raised to `version`."""
    return standing if standing.version >= version else structs.replace(standing, version=version)


def refold(db: Connection, shard: int, board: Board) -> dict[Window, ByPlayer]:
    """A board's standings, folded from its facts in the board's new order. Raises Refused.

    If less was better until now, other scores are the best ones, and adding to them may exceed the
    range of exact numbers.
    """
    facts = facts_of(db, board.id, Position(shard, board.since))
    windows = fold_board(board, facts, merges(db, shard), EntryStates(db).all_not_counted())
    for standings in windows.values():
        for standing in standings.values():
            check_exact(standing)
    return windows


def rewrite(db: Connection, board: Board, windows: Mapping[Window, Mapping[str, Standing]]) -> None:
    """Replace all standings of a board."""
    order, window_table = Order(board.definition, board.layout), Windows(db)
    concealed = all_concealed(db)
    for row in window_table.of_board(board.id):
        standings = windows.get(row.window, {})
        listed = [(row.id, one) for player, one in standings.items() if player not in concealed]
        hidden = [(row.id, one) for player, one in standings.items() if player in concealed]
        for table, lines in ((Standings(db), listed), (HiddenStandings(db), hidden)):
            table.delete_all(row.id)
            table.write(lines, order)
        row.version, row.entries = board.revision, len(listed)
        window_table.write(row)
