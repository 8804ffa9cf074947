"""Writes standings to the windows in Redis."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from scoreboard.boards.order import Order
from scoreboard.boards.store.redislink import RedisLink
from scoreboard.boards.store.redisposition import RedisPosition
from scoreboard.boards.store.windowkeys import all_keys, shown_keys, values
from scoreboard.boards.types import RankChange, Standing, Window
from scoreboard.core.storage import rediskeys
from scoreboard.journal.types import Span

PAST_WINDOW_SECONDS = 7 * 86400  # a closed window stays in Redis for this long; then it is read from SQL


class Change:
    """The changes of one batch in one window.

    `gone` maps players whose standing was removed to the number of the fact that removed it. If `closed`,
    Redis does not begin to show the window because of the change.
    """

    __slots__ = ("closed", "entries", "gone", "order", "standings", "version", "window")

    def __init__(
        self,
        order: Order,
        window: Window,
        standings: Sequence[Standing],
        *,
        version: int,
        entries: int,
        gone: Mapping[str, int] = MappingProxyType({}),
        closed: bool = False,
    ) -> None:
        self.order, self.window, self.gone, self.closed = order, window, gone, closed
        self.standings, self.version, self.entries = standings, version, entries


class RedisWriter:
    """Writes to the windows that Redis shows. All methods raise RedisAway."""

    def __init__(self, link: RedisLink, position: RedisPosition) -> None:
        self._link, self._position = link, position

    def publish(self, changes: Sequence[Change], span: Span) -> list[dict[str, RankChange] | None]:
        """Show the changes of a batch, in one pipeline.

        Returns for each change the players' ranks, or None if the window is not shown. The facts of `span`
        count as applied even then: a window that is not shown is read from SQL, until it is built with all of
        them.
        """

        def fill(pipeline: Any) -> None:
            for change in changes:
                self._queue(pipeline, change, ranked=True)
            if changes:
                _mark_dirty(pipeline, {change.window for change in changes})
            _wake(pipeline, rediskeys.wake())

        answers = self._link.pipeline(fill)
        ranks = [_ranks(change, answer) for change, answer in zip(changes, answers, strict=False)]
        self._position.advance(span)
        return ranks

    def put(self, change: Change) -> bool:
        """Write standings that changed earlier. Returns False if the window is not shown."""
        answers = self._link.pipeline(lambda pipeline: self._queue(pipeline, change, ranked=False))
        return _ranks(change, answers[0]) is not None

    def mark_dirty(self, windows: Collection[Window]) -> None:
        """Have the publisher read these windows again. For changes other than scores."""
        if windows:
            self._link.pipeline(lambda pipeline: _mark_dirty(pipeline, windows))

    def wake(self) -> None:
        """Wake the followers."""
        self._link.pipeline(lambda pipeline: _wake(pipeline, rediskeys.wake()))

    def hide(self, window: Window) -> None:
        """Stop showing a window: it is read from SQL until it is built."""
        self._link.do(lambda redis: redis.unlink(*all_keys(window)))

    def expire(self, window: Window) -> None:
        """Keep a closed window for PAST_WINDOW_SECONDS."""

        def fill(pipeline: Any) -> None:
            for key in shown_keys(window):
                pipeline.expire(key, PAST_WINDOW_SECONDS)

        self._link.pipeline(fill)

    def _queue(self, pipeline: Any, change: Change, *, ranked: bool) -> None:
        order = change.order
        # The script compares the number of players in the arguments with `entries`: if it is equal, they are
        # the complete window. It can't if players who are gone are among them.
        comparable = not (change.gone or change.closed)
        args = [
            order.layout,
            change.version,
            change.entries if comparable else -1,
            order.ties,
            order.tier_width,
            int(ranked),
            secrets.token_hex(8),
            *values(order, change.standings),
            *(value for player, seq in change.gone.items() for value in (player, seq, "", "")),
        ]
        self._link.queue(pipeline, "apply_standings", all_keys(change.window), args)


def _wake(pipeline: Any, key: str) -> None:
    pipeline.lpush(key, 1)
    pipeline.ltrim(key, 0, 0)


def _mark_dirty(pipeline: Any, windows: Collection[Window]) -> None:
    pipeline.sadd(rediskeys.dirty(), *(window.path for window in windows))
    _wake(pipeline, rediskeys.dirty_wake())


def _ranks(change: Change, answer: list[int]) -> dict[str, RankChange] | None:
    live, *ranks = answer
    if not live:
        return None
    return {
        standing.player: RankChange(standing.score, after, before or None, standing.version)
        for standing, before, after in zip(change.standings, ranks[::2], ranks[1::2], strict=False)
    }
