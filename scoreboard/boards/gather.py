"""Computes, before a fact is recorded, the standings that players will have after it.

A player may have a hundred thousand facts. So they are read and folded before the write lock is taken, and
under the write lock only newer ones are added. If anything else changed that the standings depend on, the
caller begins again.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.service import Accounts
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.order import Order
from scoreboard.boards.refold import ByPlayer, fold_in
from scoreboard.boards.rules import StandingsOutdated
from scoreboard.boards.store.entrystates import EntryStates, Versions, with_states
from scoreboard.boards.types import Board, EntryState, Standing, Window
from scoreboard.core.storage.db import Connection, Database
from scoreboard.journal.service import Journal, facts_of_player, players_since
from scoreboard.journal.types import PLAYER_MERGED, Position, RecordedFact


@dataclass
class GatheredStandings:
    """Standings of players, folded from their facts and those of the guests that became part of them."""

    groups: Mapping[str, Sequence[str]]  # each player, with the players whose facts count for them
    boards: Mapping[str, Board]
    head: Position  # the newest fact that was folded in
    versions: Versions  # of the entry states that were used
    not_counted: Collection[int]
    of_all_boards: bool = False  # then a board that is defined in the meantime makes them outdated
    windows: dict[Window, ByPlayer] = field(default_factory=dict)
    touched: dict[str, dict[Window, None]] = field(default_factory=dict)  # by the player of the facts

    def __post_init__(self) -> None:
        self.last = self.head
        self.orders = {id: Order(board.definition, board.layout) for id, board in self.boards.items()}

    @property
    def sources(self) -> list[str]:
        """All players whose facts are folded."""
        return [source for sources in self.groups.values() for source in sources]

    def fold(self, owner: str, lines: Iterable[RecordedFact]) -> None:
        """Fold facts that count for `owner`, oldest first. Raises StandingsOutdated after another merge."""
        for line in lines:
            if line.fact.kind == PLAYER_MERGED and line.fact.data["guest"] not in self.groups[owner]:
                raise StandingsOutdated
            self.last = max(self.last, line.position)
            for id, board in self.boards.items():
                windows = fold_in(self.windows, board, self.orders[id], line, owner, self.not_counted)
                if windows:
                    self.touched.setdefault(line.fact.player, {}).update(dict.fromkeys(windows))

    def catch_up(self, db: Connection, catalogue: Catalogue) -> None:
        """Add the facts recorded since, under the write lock.

        Raises StandingsOutdated if boards, their orders, entry states or the guests of a player changed.
        """
        self._check_boards(catalogue.boards())
        if EntryStates(db).versions(self.sources) != self.versions:
            raise StandingsOutdated
        newer = players_since(db, self.head, self.sources)
        for owner, sources in self.groups.items():
            streams = [facts_of_player(db, one, self.head) for one in sources if one in newer]
            if streams:
                self.fold(owner, heapq.merge(*streams, key=lambda line: line.seq))
        self.head = max(self.head, self.last)  # the transaction may be tried again

    def standing(self, window: Window, player: str) -> Standing | None:
        """A player's standing in a window; None if no entry of theirs counts there."""
        return self.windows.get(window, {}).get(player)

    def _check_boards(self, boards: Sequence[Board]) -> None:
        newest = {one.id: (one.since, one.layout) for one in boards}
        known = {id: (one.since, one.layout) for id, one in self.boards.items()}
        if any(newest.get(id) != one for id, one in known.items()):
            raise StandingsOutdated
        if self.of_all_boards and newest != known:
            raise StandingsOutdated


@dataclass(frozen=True, kw_only=True)
class Gather:
    """Computes standings of players from their facts, as of the journal's head."""

    catalogue: Catalogue
    accounts: Accounts
    journal: Journal
    database: Database

    def merged(self, account: str, guest: str) -> GatheredStandings:
        """The standings that an account and a guest have together."""
        self.catalogue.refresh()
        sources = tuple({account: None, guest: None} | dict.fromkeys(self.accounts.guests_in(account)))
        boards = {board.id: board for board in self.catalogue.boards()}
        return self._gather({account: sources}, boards, {}, of_all_boards=True)

    def changed(
        self, players: Iterable[str], boards: Collection[str], states: Mapping[int, EntryState]
    ) -> GatheredStandings:
        """The standings of players on some boards, if `states` are the states of these entries."""
        self.catalogue.refresh()
        groups = {player: (player, *self.accounts.guests_in(player)) for player in players}
        found = {board.id: board for board in self.catalogue.boards() if board.id in boards}
        return self._gather(groups, found, states)

    def _gather(
        self,
        groups: Mapping[str, Sequence[str]],
        boards: Mapping[str, Board],
        states: Mapping[int, EntryState],
        *,
        of_all_boards: bool = False,
    ) -> GatheredStandings:
        sources = [source for group in groups.values() for source in group]
        head = self.journal.head()  # read before the facts: newer facts are added under the write lock
        versions, not_counted = self.database.snapshot(lambda db: _states(db, sources))
        gathered = GatheredStandings(
            groups=groups,
            boards=boards,
            head=head,
            versions=versions,
            not_counted=with_states(not_counted, states),
            of_all_boards=of_all_boards,
        )
        for owner, group in groups.items():
            lines = heapq.merge(*map(self.journal.of_player, group), key=lambda line: line.seq)
            gathered.fold(owner, (line for line in lines if line.position <= head))
        return gathered


def _states(db: Connection, players: Sequence[str]) -> tuple[Versions, set[int]]:
    return EntryStates(db).versions(players), EntryStates(db).not_counted(players)
