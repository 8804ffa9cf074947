"""The step of boards in a merge: a guest's standings become the account's, in the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoreboard.accounts.service import find_concealed
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.gather import GatheredStandings
from scoreboard.boards.order import Order
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.restating import Planned, restate, standings_now
from scoreboard.boards.rules import check_exact, check_score
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position, Span


@dataclass(frozen=True, kw_only=True)
class BoardMerge:
    """Makes a guest's standings the account's."""

    catalogue: Catalogue
    projector: BoardProjector

    def check(
        self, db: Connection, fact: Fact, position: Position, at: int
    ) -> Callable[[], tuple[list[Window], list[Change]]]:
        """Plan the standings. Returns a function that writes them.

        It returns the windows in which the guest had standings, and the changes of the lists.

        Raises Refused or StandingsOutdated.
        """
        gathered: GatheredStandings = fact.private["gathered"]
        account, guest = fact.player, fact.data["guest"]
        self.catalogue.refresh_within(db)
        gathered.catch_up(db, self.catalogue)
        plan: dict[Window, Planned] = {}
        for window in gathered.touched.get(guest, ()):
            standing = gathered.standing(window, account)
            assert standing is not None, "the guest's entries count for the account"
            board, order = gathered.boards[window.board], gathered.orders[window.board]
            _check(db, board, order, window, standing, guest)
            plan[window] = {guest: None, account: standing}
        concealed = find_concealed(db, [account])

        def write() -> tuple[list[Window], list[Change]]:
            changes = restate(db, plan, orders=gathered.orders, concealed=concealed, seq=position.seq, at=at)
            return list(plan), changes

        return write

    def project(self, changes: Sequence[Change], guests: Sequence[str], span: Span) -> None:
        """Show the moved standings, and hide the guests."""
        self.projector.show_merge(changes, guests, span)


def _check(
    db: Connection, board: Board, order: Order, window: Window, standing: Standing, guest: str
) -> None:
    check_exact(standing)
    old = standings_now(db, window, [standing.player, guest], order)
    # A score from before the bounds were set stays.
    if standing.score not in {one.score for one in old.values()}:
        check_score(board.definition, standing.score)
