"""Computes, before a merge, the standings that the scores of a guest and an account have together.

A player may have a hundred thousand facts. So they are read and folded before the write lock is taken, and
under the write lock only newer ones are added.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.service import Accounts
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.order import Order
from scoreboard.boards.refold import ByPlayer, fold_in
from scoreboard.boards.rules import MergeOutdated
from scoreboard.boards.types import Board, Standing, Window
from scoreboard.journal.service import Journal
from scoreboard.journal.types import PLAYER_MERGED, Position, RecordedFact


@dataclass
class CombinedStandings:
    """The standings of an account and a guest, as if both were one player."""

    account: str
    guest: str
    players: tuple[str, ...]  # both, and all guests that were merged into the account earlier
    boards: dict[str, Board]
    head: Position  # the newest fact that was folded in
    windows: dict[Window, ByPlayer] = field(default_factory=dict)
    touched: dict[Window, None] = field(default_factory=dict)  # windows in which the guest has a standing

    def __post_init__(self) -> None:
        self._orders = {id: Order(board.definition, board.layout) for id, board in self.boards.items()}

    def fold(self, lines: Iterable[RecordedFact]) -> None:
        """Fold facts of these players, the oldest first. Raises MergeOutdated if another guest was merged."""
        for line in lines:
            if line.fact.kind == PLAYER_MERGED and line.fact.data["guest"] not in self.players:
                raise MergeOutdated
            for id, board in self.boards.items():
                windows = fold_in(self.windows, board, self._orders[id], line, self.account)
                if line.fact.player == self.guest:
                    self.touched.update(dict.fromkeys(windows))
            self.head = max(self.head, line.position)

    def check(self, boards: Sequence[Board]) -> None:
        """Raise MergeOutdated if boards or their orders have changed since."""
        if {one.id: (one.since, one.layout) for one in boards} != {
            one.id: (one.since, one.layout) for one in self.boards.values()
        }:
            raise MergeOutdated

    def standings(self) -> Iterator[tuple[Board, Order, Window, Standing]]:
        """The account's new standing in each window in which the guest has one."""
        for window in self.touched:
            board = self.boards[window.board]
            yield board, self._orders[board.id], window, self.windows[window][self.account]


@dataclass(frozen=True, kw_only=True)
class Gather:
    """Combines the standings of a guest and an account, from their facts."""

    catalogue: Catalogue
    accounts: Accounts
    journal: Journal

    def __call__(self, account: str, guest: str) -> CombinedStandings:
        """The standings that both have together, as of the journal's head."""
        self.catalogue.refresh()
        players = tuple({account: None, guest: None} | dict.fromkeys(self.accounts.guests_in(account)))
        boards = {board.id: board for board in self.catalogue.boards()}
        head = self.journal.head()  # read before the facts: newer facts are added under the write lock
        combined = CombinedStandings(account=account, guest=guest, players=players, boards=boards, head=head)
        streams = [self.journal.of_player(player) for player in players]
        lines = heapq.merge(*streams, key=lambda line: line.seq)
        combined.fold(line for line in lines if line.position <= head)
        return combined
