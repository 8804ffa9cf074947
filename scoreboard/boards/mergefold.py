"""The step of boards in a merge: a guest's standings become the account's, in the writer's transaction."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.gather import CombinedStandings
from scoreboard.boards.order import Order
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.refold import as_new_as
from scoreboard.boards.rules import check_exact, check_score
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.types import Board, Standing
from scoreboard.core.storage.db import Connection
from scoreboard.journal.service import facts_of_player
from scoreboard.journal.types import Fact, Position, Span


class PlannedMove(Struct, kw_only=True):
    """The account's standing after the merge, in a window in which the guest had one."""

    row: WindowRow
    order: Order
    standing: Standing
    both: bool  # True if the account had a standing there too, so that one entry less remains


@dataclass(frozen=True, kw_only=True)
class BoardMerge:
    """Makes a guest's standings the account's."""

    catalogue: Catalogue
    projector: BoardProjector

    def check(self, db: Connection, fact: Fact, position: Position, at: int) -> Callable[[], list[Change]]:
        """Plan the moves. Returns a function that makes them and returns the changes.

        Raises Refused or MergeOutdated.
        """
        combined: CombinedStandings = fact.private["gathered"]
        self.catalogue.refresh_within(db)
        combined.check(self.catalogue.boards())
        streams = [facts_of_player(db, player, combined.head) for player in combined.players]
        combined.fold(heapq.merge(*streams, key=lambda line: line.seq))
        guest, seq = combined.guest, position.seq
        moves = [
            _plan_move(db, board, order, as_new_as(standing, seq), guest, Windows(db).get(window))
            for board, order, window, standing in combined.standings()
        ]
        return lambda: [_move(db, one, guest, seq, at) for one in moves]

    def project(self, changes: Sequence[Change], guests: Sequence[str], span: Span) -> None:
        """Show the moved standings, and hide the guests."""
        self.projector.show_merge(changes, guests, span)


def _plan_move(
    db: Connection, board: Board, order: Order, standing: Standing, guest: str, row: WindowRow | None
) -> PlannedMove:
    assert row is not None, "the guest has a standing there"
    old = Standings(db).of(row.id, [standing.player, guest], len(order.names))
    check_exact(standing)
    # A score from before the bounds were set stays.
    if standing.score not in {one.score for one in old.values()}:
        check_score(board.definition, standing.score)
    return PlannedMove(row=row, order=order, standing=standing, both=standing.player in old)


def _move(db: Connection, one: PlannedMove, guest: str, seq: int, at: int) -> Change:
    row = one.row
    standings = Standings(db)
    standings.delete(row.id, guest)
    standings.write([(row.id, one.standing)], one.order)
    row.version, row.changed_at, row.entries = seq, at, row.entries - one.both
    if row.closed_at is not None:
        row.revised_at = at
    Windows(db).write(row)
    return Change(
        one.order,
        row.window,
        [one.standing],
        version=seq,
        entries=row.entries,
        gone={guest: seq},
        closed=row.closed_at is not None,
    )
