"""The follower that keeps Redis up to date with the journal, and builds missing windows."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from scoreboard.accounts.service import Names
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.facts import refolded_by, results_of
from scoreboard.boards.order import Order
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.types import AppliedFacts, Standing, Window
from scoreboard.boards.viewhealth import of_journal
from scoreboard.journal.service import Journal
from scoreboard.journal.types import PLAYER_MERGED, Position, RecordedFact

PAGE = 1000  # standings of one script
FILL_PAGE = 2000  # standings of one transaction that fills a window: it blocks Redis for a few milliseconds
SHORT = 1000  # facts; if the journal has no more, web processes build the boards when they start
Progress = Callable[[int], None]
Touched = dict[Window, dict[str, None]]


log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class BoardsFollower:
    """Shows in Redis the commits that a web process could not show.

    Web processes show most facts, so the follower resumes at the view proof in Redis instead of the
    framework's position. A Redis that lost its boards, or has older ones, lost their proof as well.
    """

    view: RedisView
    catalogue: Catalogue
    windows: Windows
    standings: Standings
    names: Names
    journal: Journal
    name: str = "boards"

    def applied_facts(self) -> AppliedFacts | None:
        """The facts that Redis holds; None if it was emptied. Raises RedisAway."""
        return self.view.position.applied_facts(self.journal.shard)

    def is_current(self) -> bool:
        """True if Redis holds facts of this journal, as far as it holds any. Raises RedisAway."""
        applied = self.applied_facts()
        return applied is None or of_journal(applied, self.journal)

    def resume(self, shard: int, stored: Position | None) -> Position | None:
        """The position up to which Redis holds all facts; None to build it again. Raises RedisAway."""
        applied = self.applied_facts()
        return applied.position if applied and of_journal(applied, self.journal) else None

    def restore(self, shard: int) -> Position:
        """Build all open windows and the names. Returns the journal's head of before, to follow from there.

        All boards in Redis are deleted first: without a position their state is unknown.
        """
        newest = self.journal.newest()
        self.clear()
        self.show_all_names()
        self.show_catalogue()
        for row in self.open_windows():
            self.build(row)
        self.view.position.begin_at(*newest)
        return newest[0]

    def clear(self) -> None:
        """Delete all boards in Redis: they are read from SQL until they are built again. Raises RedisAway."""
        if not self.is_current():
            log.warning("Redis holds facts that are not in the journal: building all boards again")
            self.view.position.forget_journal(self.journal.shard)
        self.view.builder.clear()

    def build_if_short(self) -> None:
        """Build the boards if Redis is empty or holds another journal's, and the journal is short.

        Then a new deployment shows ranks before its worker has started. Raises RedisAway.
        """
        shard = self.journal.shard
        if self.resume(shard, None) is None and self.journal.head().seq <= SHORT:
            self.restore(shard)

    def follow(self, facts: Sequence[RecordedFact]) -> None:
        """Show the standings that these facts touched, as they are now."""
        touched, refolded = _touched_players(facts)
        renamed_players = list({line.fact.player: None for line in facts if "displayName" in line.fact.data})
        if any(line.fact.kind.startswith("board-") for line in facts):
            self.show_catalogue()
        self.catalogue.refresh()
        if renamed_players:
            self.view.catalogue.show_names(self.names.latest(renamed_players))
        for window, players in touched.items():
            self._show(window, list(players), refolded.get(window, {}))
        for line in facts:
            if line.fact.kind == "period-closed":
                self._expire(line.fact.board, line.fact.data["period"])
            elif line.fact.kind == "board-deleted":
                self._hide(line)
            elif line.fact.kind == PLAYER_MERGED:
                self.view.catalogue.forget_names([line.fact.data["guest"]], line.seq)
            elif line.fact.kind == "guests-purged":
                self.view.catalogue.forget_names(line.result["players"], line.seq)
        self.view.position.advance_by(facts)

    def maintain(self) -> None:
        """Build windows that Redis lost, or holds in an old order."""
        self.catalogue.refresh()
        catalogue, renames = self.view.catalogue.versions()
        if catalogue != self.catalogue.version:
            self.show_catalogue()
        if renames is None:
            self.show_all_names()
        self.build_missing()

    def build_missing(self) -> None:
        """Build open windows that Redis does not show, shows in an old order, or holds damaged."""
        candidates = [(row, order) for row in self.windows.open() if (order := self.order_of(row.window))]
        shown = self.view.are_shown([(row.window, order) for row, order in candidates])
        for (row, _), is_shown in zip(candidates, shown, strict=True):
            if not is_shown:
                self.build(row)

    def open_windows(self) -> list[WindowRow]:
        """The windows of periods that are not closed."""
        return [row for row in self.windows.open() if self.order_of(row.window)]

    def build(self, row: WindowRow, progress: Progress = lambda count: None) -> bool:
        """Build one window beside the one that is shown, then replace that one at once.

        `progress` is called with the number of standings built since its last call. Returns False if another
        builder began later, whose result is kept, or if the built window was altered.
        """
        order = self.order_of(row.window)
        if order is None:
            return False
        token = secrets.token_hex(8)
        # From here on writers write to the built window, too. Standings that the pages below miss were
        # committed later, and their writers write them.
        self.view.builder.begin(row.window, token, order.layout)
        for page in self._pages(row.id, order):
            if not self.view.builder.fill(row.window, token, order, row.version, page):
                return False
            progress(len(page))
        return self.view.builder.finish(row.window, token, order, row.version)

    def show_catalogue(self) -> None:
        """Tell every process the version of the newest definitions."""
        self.catalogue.refresh()
        self.view.catalogue.show_version(self.catalogue.version)

    def show_all_names(self) -> None:
        """Show all display names, after deleting those that are shown."""
        newest, last = self.names.renames(), ""
        self.view.catalogue.hide_names()
        while page := self.names.after(last, PAGE):
            self.view.catalogue.show_names(page)
            last = page[-1].player
        self.view.catalogue.show_names([], complete=newest)

    def _show(self, window: Window, players: Sequence[str], refolded: Mapping[str, int]) -> None:
        row, order = self.windows.get(window), self.order_of(window)
        if row is None or order is None:
            return
        found = self.standings.of(row.id, players, len(order.names))
        gone = {player: seq for player, seq in refolded.items() if player not in found}
        for start in range(0, len(players), PAGE):
            page = [found[player] for player in players[start : start + PAGE] if player in found]
            self.view.writer.put(self._change(order, row, page, gone))
        if row.closed_at is not None:
            self.view.writer.expire(window)

    def _change(
        self, order: Order, row: WindowRow, page: Sequence[Standing], gone: Mapping[str, int]
    ) -> Change:
        # -1 entries: a page never counts as the whole window.
        return Change(order, row.window, page, version=row.version, entries=-1, gone=gone)

    def _expire(self, board: str, period: str) -> None:
        for row in self.windows.in_period(board, period):
            if row.closed_at is not None:
                self.view.writer.expire(row.window)

    def _hide(self, deleted: RecordedFact) -> None:
        # The board may have been created again since: windows that exist are the new board's.
        for period, region in deleted.result.get("windows", []):
            window = Window(deleted.fact.board, period, region)
            if self.windows.get(window) is None:
                self.view.writer.hide(window)

    def order_of(self, window: Window) -> Order | None:
        """The order of a window's board; None if there is no such board."""
        boards = {board.id: board for board in self.catalogue.boards()}
        board = boards.get(window.board)
        return None if board is None else self.catalogue.order(board)

    def _pages(self, window_id: int, order: Order) -> Iterator[list[Standing]]:
        """All standings of a window, the best first. While a page is in use, the next one is read.

        In this order Redis puts each standing at the end of what it holds, in half of the time. A standing
        that changes in between may be missed or come twice: its writer writes it to the built window as well.
        """
        read = partial(self.standings.best, window_id, len(order.names), limit=FILL_PAGE)
        with ThreadPoolExecutor(1) as reading:
            page = read()
            while page:
                following = reading.submit(read, after=(order.key(page[-1]), page[-1].player))
                yield page
                page = following.result()


def _touched_players(facts: Sequence[RecordedFact]) -> tuple[Touched, dict[Window, dict[str, int]]]:
    """By window: the players whose standings changed; and those of them who may have left it.

    These come with the fact that had their standing folded again.
    """
    touched: Touched = {}
    refolded: dict[Window, dict[str, int]] = {}
    for line in facts:
        for result in results_of(line).values():
            for window, *_ in result.standings:
                touched.setdefault(window, {})[line.fact.player] = None
        for window, players in refolded_by(line):
            touched.setdefault(window, {}).update(dict.fromkeys(players))
            refolded.setdefault(window, {}).update(dict.fromkeys(players, line.seq))
    return touched, refolded
