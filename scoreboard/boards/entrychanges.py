"""The step of boards in a decision about entries: it changes their states, and folds the standings again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from scoreboard.accounts.service import find_concealed
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.facts import make_refolded
from scoreboard.boards.gather import Gather, GatheredStandings
from scoreboard.boards.order import Order
from scoreboard.boards.preview import outlook
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.restating import Planned, only_changes, restate
from scoreboard.boards.rules import StandingsOutdated, check_exact
from scoreboard.boards.store.entrystates import EntryStates
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.types import EntryChange, Outlook, Window
from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal.types import Span


class PreparedChanges(Struct, kw_only=True):
    """Changes of entries' states, with the standings that they lead to."""

    changes: Sequence[EntryChange]
    gathered: GatheredStandings

    def plan(self) -> dict[Window, Planned]:
        """The standings of the owners in the windows that the entries feed."""
        found: dict[Window, dict[str, None]] = {}
        for change in self.changes:
            for window in change.windows:
                found.setdefault(window, {})[change.owner] = None
        return {
            window: {player: self.gathered.standing(window, player) for player in players}
            for window, players in found.items()
            if window.board in self.gathered.boards
        }


@dataclass(frozen=True, kw_only=True)
class EntryChanges:
    """Changes the states of entries, and with them the standings of their players."""

    catalogue: Catalogue
    projector: BoardProjector
    gather: Gather
    database: Database

    def prepare(self, changes: Sequence[EntryChange]) -> PreparedChanges:
        """Fold the standings that these changes lead to. Changes nothing."""
        players = dict.fromkeys(change.owner for change in changes)
        boards = {window.board for change in changes for window in change.windows}
        states = {change.entry: change.state for change in changes}
        return PreparedChanges(changes=changes, gathered=self.gather.changed(players, boards, states))

    def preview(self, prepared: PreparedChanges, *, limit: int) -> Outlook:
        """The ranks of the players before and after these changes."""
        return self.database.snapshot(
            lambda db: outlook(db, prepared.plan(), prepared.gathered.orders, limit=limit)
        )

    def check(
        self, db: Connection, prepared: PreparedChanges
    ) -> Callable[[int, int], tuple[list[list[object]], list[Change]]]:
        """Check the changes under the write lock. Returns a function that writes them.

        It is called with the number and the time of the fact, and returns the standings that were written in
        the form of a fact's result, and the changes of the lists. Raises Refused or StandingsOutdated.
        """
        self.catalogue.refresh_within(db)
        gathered = prepared.gathered
        gathered.catch_up(db, self.catalogue)
        if self.gather.accounts.find_merged(db, gathered.groups):
            raise StandingsOutdated  # a guest became part of an account in the meantime
        orders: Mapping[str, Order] = gathered.orders
        plan = only_changes(db, prepared.plan(), orders)
        for standings in plan.values():
            for standing in standings.values():
                if standing is not None:
                    check_exact(standing)
        concealed = find_concealed(db, list(gathered.groups))

        def write(seq: int, at: int) -> tuple[list[list[object]], list[Change]]:
            EntryStates(db).write(
                (one.entry, one.player, one.state, one.recorded, seq) for one in prepared.changes
            )
            changes = restate(db, plan, orders=orders, concealed=concealed, seq=seq, at=at)
            return make_refolded(plan), changes

        return write

    def project(self, changes: Iterable[Change], span: Span) -> None:
        """Show the changes of the lists."""
        self.projector.show_batch(list(changes), [], span)
