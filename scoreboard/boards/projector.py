"""The projector: shows the writer's commits in Redis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from scoreboard.accounts.types import Name
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.standings import Standings
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import RankChange, Window
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.core.storage.db import Connection, Database
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.types import Position, Span

Ranks = dict[str, RankChange]  # by player

SMALL = 1000  # standings; the writer builds a missing window with no more, the follower larger ones


@dataclass(frozen=True, kw_only=True)
class BoardProjector:
    """Writes committed standings to Redis, after each commit. The follower repairs failures."""

    view: RedisView
    health: ViewHealth
    database: Database

    def show_batch(
        self,
        changes: Sequence[Change],
        names: Sequence[Name],
        span: Span,
    ) -> dict[Window, dict[str, RankChange]]:
        """Show one batch and the names that it changed. Returns the players' ranks by window.

        A window that could not be shown is missing in the result.
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
                    self._show_complete(change)
        except RedisAway as error:
            self.health.mark_behind(error, since=began)
            return {}
        if not self.health.is_current_up_to(Position(span.shard, span.last)):
            return {}  # boards that may lack something have no valid ranks
        pairs = zip(changes, shown, strict=True)
        found = {change.window: _without_ranks(change) if ranks is None else ranks for change, ranks in pairs}
        return {window: ranks for window, ranks in found.items() if ranks is not None}

    def show_definitions(self, version: int, gone: Sequence[Window], span: Span) -> None:
        """Tell every process that the facts of `span` changed definitions, and hide the windows `gone`.

        A window in an old order is not shown: it is read from SQL until the follower has built it.
        The position advances in any case.
        """

        def show() -> None:
            self.view.catalogue.show_version(version)
            for window in gone:
                self.view.writer.hide(window)
            self.view.position.advance(span)
            self.view.writer.wake()

        self._project(show)

    def expire(self, windows: Sequence[Window], span: Span) -> None:
        """Expire windows whose periods the facts of `span` closed."""

        def expire_all() -> None:
            for window in windows:
                self.view.writer.expire(window)
            self.view.position.advance(span)

        self._project(expire_all)

    def show_names(self, names: Sequence[Name], span: Span) -> None:
        """Show names that the facts of `span` changed, which changed no board."""

        def show() -> None:
            if names:
                self.view.catalogue.show_names(names)
            self.view.position.advance(span)

        self._project(show)

    def refresh_streams(self, players: Sequence[str]) -> None:
        """Have streams read the boards of these players again, whose names changed."""
        # The publisher reads all boards every few seconds in any case.
        with suppress(RedisAway, DatabaseUnavailable):
            self.view.writer.mark_dirty(Windows(self.database).open_with(players))

    def forget_names(self, players: Sequence[str], span: Span) -> None:
        """Forget the names of players whom the facts of `span` purged, who are on no board."""

        def show() -> None:
            if players:
                self.view.catalogue.forget_names(players, span.last)
            self.view.position.advance(span)

        self._project(show)

    def show_merge(self, changes: Sequence[Change], guests: Sequence[str], span: Span) -> None:
        """Show standings that the facts of `span` moved from guests to accounts."""
        self.show_batch(changes, [], span)

        def show() -> None:
            self.view.catalogue.forget_names(guests, span.last)

        if guests:
            self._project(show)

    def advance(self, span: Span) -> None:
        """Advance the position by facts that change no board."""
        self.show_names([], span)

    def _project(self, show: Callable[[], None]) -> None:
        began = self.health.monotonic()
        try:
            show()
        except RedisAway as error:
            self.health.mark_behind(error, since=began)

    def _show_complete(self, change: Change) -> None:
        # Redis does not have the window: it is new and another batch is being written, or Redis was emptied.
        # It is read from SQL until it is complete.
        if change.entries > SMALL:
            return

        def load(db: Connection) -> Change | None:
            row = Windows(db).get(change.window)
            if row is None:
                return None
            columns = len(change.order.names)
            found = list(Standings(db).all(row.id, columns))
            return Change(change.order, change.window, found, version=row.version, entries=row.entries)

        whole = self.database.snapshot(load)
        if whole is not None:
            self.view.writer.put(whole)


def _without_ranks(change: Change) -> Ranks | None:
    """The changes of a closed window, without ranks: Redis need not hold it. None for an open window."""
    if not change.closed:
        return None
    return {one.player: RankChange(one.score, None, None, one.version) for one in change.standings}
