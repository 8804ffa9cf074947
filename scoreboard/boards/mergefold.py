"""How a guest's standings become the account's: inside the writer's transaction."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.gather import Gathered
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


class Moved(Struct, kw_only=True):
    """A window in which a guest had a standing: the account's standing after the merge."""

    row: WindowRow
    order: Order
    standing: Standing
    both: bool  # whether the account had a standing there too, so that there is one entry less


@dataclass(frozen=True, kw_only=True)
class BoardMerge:
    """The part of boards in a merge."""

    catalogue: Catalogue
    projector: BoardProjector

    def check(self, db: Connection, fact: Fact, position: Position, at: int) -> Callable[[], list[Change]]:
        """Returns a function that moves the guest's standings and returns the changes.

        Raises Refused or Outdated.
        """
        gathered: Gathered = fact.private["gathered"]
        self.catalogue.refresh_within(db)
        gathered.check(self.catalogue.boards())
        streams = [facts_of_player(db, player, gathered.head) for player in gathered.players]
        gathered.take(heapq.merge(*streams, key=lambda line: line.seq))
        guest, seq = gathered.guest, position.seq
        moved = [
            _moved(db, board, order, as_new_as(standing, seq), guest, Windows(db).get(window))
            for board, order, window, standing in gathered.standings()
        ]
        return lambda: [_move(db, one, guest, seq, at) for one in moved]

    def project(self, changes: Sequence[Change], guests: Sequence[str], span: Span) -> None:
        """Show the moved standings, and hide the guests."""
        self.projector.show_merge(changes, guests, span)


def _moved(
    db: Connection, board: Board, order: Order, standing: Standing, guest: str, row: WindowRow | None
) -> Moved:
    assert row is not None, "the guest has a standing there"
    old = Standings(db).of(row.id, [standing.player, guest], len(order.names))
    check_exact(standing)
    # A score from before the bounds were set stays.
    if standing.score not in {one.score for one in old.values()}:
        check_score(board.definition, standing.score)
    return Moved(row=row, order=order, standing=standing, both=standing.player in old)


def _move(db: Connection, one: Moved, guest: str, seq: int, at: int) -> Change:
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
