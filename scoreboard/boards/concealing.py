"""The step of boards when a player is hidden or shown: all their standings leave the lists, or come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.facts import make_refolded
from scoreboard.boards.order import Order
from scoreboard.boards.preview import outlook
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.restating import Planned, restate, standings_now
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import HiddenStandings, Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Outlook, Window
from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal.types import Span

Orders = Mapping[str, Order]


@dataclass(frozen=True, kw_only=True)
class Concealing:
    """Moves the standings of a player between the lists and the table of those who are not listed."""

    catalogue: Catalogue
    projector: BoardProjector
    database: Database

    def preview(self, player: str, *, concealed: bool, limit: int) -> Outlook:
        """The player's ranks before and after."""
        self.catalogue.refresh()

        def look(db: Connection) -> Outlook:
            orders = self._orders()
            hidden = frozenset({player}) if concealed else frozenset[str]()
            return outlook(db, _plan(db, player, orders), orders, limit=limit, concealed=hidden)

        return self.database.snapshot(look)

    def conceal(
        self, db: Connection, player: str, *, concealed: bool, seq: int, at: int
    ) -> tuple[list[list[Any]], list[Change]]:
        """Hide or show a player, in the writer's transaction.

        Returns the standings that moved in the form of a fact's result, and the changes of the lists.
        """
        self.catalogue.refresh_within(db)
        orders = self._orders()
        plan = _plan(db, player, orders)
        hidden = {player} if concealed else set[str]()
        changes = restate(db, plan, orders=orders, concealed=hidden, seq=seq, at=at)
        return make_refolded(plan), changes

    def project(self, changes: Iterable[Change], span: Span) -> None:
        """Show the changes of the lists."""
        self.projector.show_batch(list(changes), [], span)

    def _orders(self) -> Orders:
        return {board.id: self.catalogue.order(board) for board in self.catalogue.boards()}


def _plan(db: Connection, player: str, orders: Orders) -> dict[Window, Planned]:
    ids = {*Standings(db).windows_of(player), *HiddenStandings(db).windows_of(player)}
    windows = [row.window for row in Windows(db).by_id(sorted(ids)) if row.window.board in orders]
    return {window: standings_now(db, window, [player], orders[window.board]) for window in windows}
