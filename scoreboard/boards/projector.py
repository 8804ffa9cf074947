"""Showing in Redis what was committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from scoreboard.accounts.types import Name
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import all_standings, window_row
from scoreboard.boards.store.windows import windows_of
from scoreboard.boards.types import RankChange, Window
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.core.storage.db import Connection, Database
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.types import Span

Ranks = dict[str, RankChange]  # by player

SMALL = 1000  # standings; a window of so few is shown again at once, a larger one by the follower


@dataclass(frozen=True, kw_only=True)
class BoardProjector:
    """Shows what the writer committed. What fails here is repaired by the follower."""

    view: RedisView
    health: ViewHealth
    database: Database

    def batch(
        self,
        changes: Sequence[Change],
        names: Sequence[Name],
        span: Span,
    ) -> dict[Window, dict[str, RankChange]]:
        """Show one batch and the names that it changed.

        A window that could not be shown is missing in the answer.
        """
        began = self.health.monotonic()
        self.health.database_works()
        try:
            if names:
                self.view.catalogue.show_names(names)
            shown = self.view.writer.publish(changes, span)
            for change, ranks in zip(changes, shown, strict=True):
                if change.closed:
                    self.view.writer.expire(change.window)
                elif ranks is None:
                    self._again(change)
        except RedisAway as error:
            self.health.mark_behind(error, since=began)
            return {}
        if not self.health.is_current_for_writer():
            return {}  # ranks of boards that may lack something are no ranks
        pairs = zip(changes, shown, strict=True)
        found = {change.window: _unranked(change) if ranks is None else ranks for change, ranks in pairs}
        return {window: ranks for window, ranks in found.items() if ranks is not None}

    def definitions(self, version: int, gone: Sequence[Window], span: Span) -> None:
        """The facts of `span` changed definitions: tell every process, and hide what is `gone`.

        A window in another order than its board's is not shown: it is read from SQL until the
        follower has built it, and Redis lacks nothing meanwhile.
        """

        def tell() -> None:
            self.view.catalogue.show_version(version)
            for window in gone:
                self.view.writer.hide(window)
            self.view.position.advance(span)
            self.view.writer.wake()

        self._tell(tell)

    def closed(self, windows: Sequence[Window], span: Span) -> None:
        """The facts of `span` closed periods: keep their windows for a while only."""

        def let_go() -> None:
            for window in windows:
                self.view.writer.expire(window)
            self.view.position.advance(span)

        self._tell(let_go)

    def named(self, names: Sequence[Name], span: Span) -> None:
        """The facts of `span` named players, and changed no board."""

        def tell() -> None:
            if names:
                self.view.catalogue.show_names(names)
            self.view.position.advance(span)

        self._tell(tell)

    def renamed(self, players: Sequence[str]) -> None:
        """Have streams look at the boards on which these players stand, whose names changed."""
        # All boards are looked at every few seconds in any case.
        with suppress(RedisAway, DatabaseUnavailable):
            self.view.writer.mark_dirty(self.database.run(lambda db: windows_of(db, players)))

    def forgotten(self, players: Sequence[str], span: Span) -> None:
        """The facts of `span` purged players who stand on no board."""

        def tell() -> None:
            if players:
                self.view.catalogue.forget_names(players, span.last)
            self.view.position.advance(span)

        self._tell(tell)

    def merged(self, changes: Sequence[Change], guests: Sequence[str], span: Span) -> None:
        """The facts of `span` made guests' standings those of accounts."""
        self.batch(changes, [], span)

        def tell() -> None:
            self.view.catalogue.forget_names(guests, span.last)

        if guests:
            self._tell(tell)

    def nothing(self, span: Span) -> None:
        """The facts of `span` change no board."""
        self.named([], span)

    def _tell(self, tell: Callable[[], None]) -> None:
        began = self.health.monotonic()
        try:
            tell()
        except RedisAway as error:
            self.health.mark_behind(error, since=began)

    def _again(self, change: Change) -> None:
        # The window is not there: new while another batch is on its way, or Redis was emptied.
        # It is read from SQL until it is whole.
        if change.entries > SMALL:
            return

        def load(db: Connection) -> Change | None:
            row = window_row(db, change.window)
            if row is None:
                return None
            columns = len(change.order.names)
            found = list(all_standings(db, row.id, columns))
            return Change(change.order, change.window, found, version=row.version, entries=row.entries)

        whole = self.database.snapshot(load)
        if whole is not None:
            self.view.writer.put(whole)


def _unranked(change: Change) -> Ranks | None:
    """What a closed window shows that Redis need not hold: everything but ranks."""
    if not change.closed:
        return None
    return {one.player: RankChange(one.score, None, None, one.version) for one in change.standings}
