"""Compares the boards in Redis with SQL, continuously and at little cost.

Scripts that read notice missing or shortened keys. This check finds keys that were altered and kept their
size.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scoreboard.boards.follow import BoardsFollower
from scoreboard.boards.order import Order
from scoreboard.boards.store.sqlview import SqlView
from scoreboard.boards.store.windows import WindowRow
from scoreboard.boards.types import Standing, Window
from scoreboard.boards.views import Listed, OrderChanged
from scoreboard.core.clock import Clock
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseUnavailable

log = logging.getLogger(__name__)

PAGE = 500  # standings of one comparison
SLICE = 10  # pages of a window in one pass
SHARE = 0.1  # the part of the time that is spent comparing
PASS_SECONDS = 2.0  # from one pass over everything to the next
TOP = 100  # rows of a large window that are compared in each pass
MAX_CLOSED = 10  # windows of closed periods that are compared in a pass
CLOSED_MS = 8 * 86_400_000  # windows that were closed earlier are no longer in Redis
CLOSED_SECONDS = 30.0  # between two queries for closed windows
REST_SECONDS = 1.0  # after a failure


@dataclass(kw_only=True)
class ViewCheck:
    """Finds windows in Redis that differ from SQL, and has them built again.

    Redis has a position: the fact up to which it holds everything. A standing that is not newer, and did not
    change while it was compared, must be the same in Redis.
    """

    follower: BoardsFollower
    sql: SqlView
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _after: dict[Window, str] = field(default_factory=dict)  # the last player of the previous slice
    _more: bool = False  # True if this pass left a part of a large window to the next one
    _name: str = ""  # the last player whose name was compared
    _closed_windows: list[WindowRow] = field(default_factory=list)
    _closed_due: float = float("-inf")

    def run(self) -> None:
        """Compare forever, through all failures of Redis and the database."""
        while True:
            began = self.monotonic()
            self._more = False
            try:
                for _ in self.check_all():
                    spent = self.monotonic() - began
                    self.pause(spent / SHARE - spent)
                    began = self.monotonic()
            except (RedisAway, DatabaseUnavailable):
                self.pause(REST_SECONDS)  # logged elsewhere
            except Exception:
                log.exception("comparing Redis with SQL failed")
                self.pause(REST_SECONDS)
            if not self._more:
                self.pause(PASS_SECONDS)

    def check_all(self) -> Iterator[None]:
        """Compare all small windows, and the next slice of each large one. Yields after each step."""
        follower = self.follower
        follower.catalogue.refresh()
        if not follower.is_current():
            return  # boards are read from SQL until they are built
        self._check_names()
        yield
        for row in follower.open_windows():
            yield from self._check_window(row)
        for row in self._next_closed():
            yield from self._check_window(row)

    def _check_window(self, row: WindowRow) -> Iterator[None]:
        order = self.follower.order_of(row.window)
        if order is None:
            return
        same = row.entries <= PAGE or self._top_agrees(row, order)
        for _ in range(SLICE):
            same = same and self._page_agrees(row, order)
            yield
            if not same or row.window not in self._after:
                break
        self._more |= row.window in self._after
        if not same:
            self._after.pop(row.window, None)
            log.warning("a window in Redis was altered: building it again", extra={"window": str(row.window)})
            self.follower.view.writer.hide(row.window)
            self.follower.view.writer.wake()

    def _page_agrees(self, row: WindowRow, order: Order) -> bool:
        view, windows = self.follower.view, self.follower.windows
        applied, before = self.follower.applied_facts(), windows.get(row.window)
        page = self._page(row.id, self._after.get(row.window, ""), order)
        self._move_on(row.window, page)
        found = view.compare(row.window, order, page)
        if found is None or applied is None or before is None:
            return True  # Redis does not show it
        here, there = (found.version, found.entries), (before.version, before.entries)
        if here != there and before.version <= applied.position.seq and windows.get(row.window) == before:
            return False
        # Also while the board is busy: most standings are older than the facts on their way.
        shown = applied.position.seq
        suspects = [one for one in page if one.player in found.differing and one.version <= shown]
        return not suspects or not self._any_unchanged(row.id, suspects, order)

    def _top_agrees(self, row: WindowRow, order: Order) -> bool:
        applied = self.follower.applied_facts()
        try:
            expected = self.sql.ask(row.window, order, Listed(0, TOP))
        except OrderChanged:
            return True
        found = self.follower.view.ask(row.window, order, Listed(0, TOP))
        if applied is None or found is None or not expected.version == found.version <= applied.position:
            return True
        return found.places == expected.places

    def _check_names(self) -> None:
        """Compare the next names; if one differs, have all names shown again."""
        applied, follower = self.follower.applied_facts(), self.follower
        page = follower.names.after(self._name, SLICE * PAGE)
        differing = follower.view.catalogue.differing_names(page)
        self._name = page[-1].player if page else ""
        if applied is None or not differing:
            return
        suspects = [name for name in page if name.player in differing and name.seq <= applied.position.seq]
        latest = {name.player: name for name in follower.names.latest([name.player for name in suspects])}
        if any(latest.get(name.player) == name for name in suspects):
            log.warning("names in Redis were altered: loading all names again")
            follower.view.catalogue.hide_names()
            follower.view.writer.wake()

    def _page(self, window_id: int, after: str, order: Order) -> list[Standing]:
        return self.follower.standings.page(window_id, len(order.names), after=after, limit=PAGE)

    def _any_unchanged(self, window_id: int, standings: list[Standing], order: Order) -> bool:
        """True if any of these standings is still the same in SQL."""
        players = [standing.player for standing in standings]
        found = self.follower.standings.of(window_id, players, len(order.names))
        return any(found.get(standing.player) == standing for standing in standings)

    def _move_on(self, window: Window, page: list[Standing]) -> None:
        if len(page) < PAGE:
            self._after.pop(window, None)
        else:
            self._after[window] = page[-1].player

    def _next_closed(self) -> list[WindowRow]:
        if not self._closed_windows and self.monotonic() >= self._closed_due:
            self._closed_due = self.monotonic() + CLOSED_SECONDS
            self._closed_windows = self.follower.windows.closed_since(self.clock() - CLOSED_MS)
        following, self._closed_windows = self._closed_windows[:MAX_CLOSED], self._closed_windows[MAX_CLOSED:]
        return following
