"""Showing boards in Redis, and knowing whether what Redis shows can be believed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.types import Name
from scoreboard.boards.store.redisview import Change, RedisView
from scoreboard.boards.store.standings import all_standings, window_row
from scoreboard.boards.types import Shown, Window
from scoreboard.core.db import Connection, Database
from scoreboard.core.redis import RedisAway
from scoreboard.journal.service import Journal

log = logging.getLogger(__name__)

SMALL = 1000  # standings; a window of so few is shown again at once, a larger one by the follower
CHECK_SECONDS = 0.25


@dataclass(kw_only=True)
class Trust:
    """Whether Redis holds all that was committed, as far as this process can know.

    After a failure it is believed again once it holds everything up to where the journal was then:
    it may have come back empty, or with yesterday's boards.
    """

    view: RedisView
    journal: Journal
    monotonic: Callable[[], float] = time.monotonic
    doubted: bool = False  # it failed or was restarted, and has not caught up since
    _sound: bool = False
    _server: str = ""
    _wanted: int | None = None
    _checked: float = field(default=float("-inf"))

    def lost(self, error: Exception) -> None:
        """Redis failed us: don't believe it until it has caught up. Said once for each outage."""
        if self._sound:
            log.warning("boards are read from SQL", extra={"reason": str(error)})
        self._sound, self._wanted, self.doubted = False, None, True

    def sound(self) -> bool:
        """Whether boards may be read from Redis now."""
        self._meet()
        if self._sound or self.monotonic() - self._checked < CHECK_SECONDS:
            return self._sound
        self._checked = self.monotonic()
        try:
            position = self.view.position()
            self._meet()
            self._server = self.view.server
            if self._wanted is None:
                self._wanted = self.journal.head()
            self._sound = position is not None and position >= self._wanted
            if self._sound:
                self.doubted = False
                log.info("boards are read from Redis", extra={"position": position})
        except RedisAway as error:
            self.lost(error)
        return self._sound

    def _meet(self) -> None:
        # Also while it is not believed yet: what it must have caught up with was asked of another one.
        if self._server not in ("", self.view.server):
            self._server = self.view.server
            self.lost(RedisAway("another server answers, which may hold older boards"))


@dataclass(frozen=True, kw_only=True)
class Show:
    """Shows what the writer committed. What fails here is repaired by the follower."""

    view: RedisView
    trust: Trust
    database: Database

    def batch(
        self,
        changes: Sequence[Change],
        names: Sequence[Name],
        *,
        first: int,
        last: int,
    ) -> dict[Window, dict[str, Shown]]:
        """Show one batch and the names that it changed.

        A window that could not be shown is missing in the answer.
        """
        try:
            if names:
                self.view.show_names(names)
            shown = self.view.publish(changes, first, last)
            cold = [change for change, ranks in zip(changes, shown, strict=True) if ranks is None]
            if cold and all(list(map(self._again, cold))) and last >= first:
                self.view.advance(first, last)
        except RedisAway as error:
            self.trust.lost(error)
            return {}
        self.trust.sound()  # looks whether another server answered just now
        if self.trust.doubted:
            return {}  # ranks of boards that may lack something are no ranks
        return {
            change.window: ranks for change, ranks in zip(changes, shown, strict=True) if ranks is not None
        }

    def definitions(self, version: int) -> None:
        """Tell every process of new definitions. Windows in another order are read from SQL for now."""
        self._tell(lambda: self.view.show_catalogue_version(version))

    def closed(self, windows: Sequence[Window], first: int, last: int) -> None:
        """Facts `first` to `last` closed periods: keep their windows for a while only."""

        def let_go() -> None:
            for window in windows:
                self.view.let_go(window)
            self.view.advance(first, last)

        self._tell(let_go)

    def named(self, names: Sequence[Name], first: int, last: int) -> None:
        """Facts `first` to `last` named players, and changed no board."""

        def tell() -> None:
            if names:
                self.view.show_names(names)
            self.view.advance(first, last)

        self._tell(tell)

    def nothing(self, first: int, last: int) -> None:
        """Facts `first` to `last` change no board."""
        self.named([], first, last)

    def _tell(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except RedisAway as error:
            self.trust.lost(error)

    def _again(self, change: Change) -> bool:
        # The window is not there: new while another batch is on its way, or Redis was emptied.
        if change.entries > SMALL:
            return False

        def load(db: Connection) -> Change | None:
            row = window_row(db, change.window)
            if row is None:
                return None
            columns = len(change.order.names)
            found = list(all_standings(db, row.id, columns))
            return Change(change.order, change.window, found, version=row.version, entries=row.entries)

        whole = self.database.snapshot(load)
        return whole is not None and self.view.put(whole)
