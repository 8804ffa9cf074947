"""Builds windows in Redis: a new copy beside the one that is shown, which it then replaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoreboard.boards.order import Order
from scoreboard.boards.store.plainfill import PlainFill
from scoreboard.boards.store.redislink import RedisLink
from scoreboard.boards.store.windowkeys import all_keys, built_keys, values
from scoreboard.boards.types import Standing, Window
from scoreboard.core.storage import rediskeys

SCAN_COUNT = 1000  # keys that one SCAN looks at


class RedisBuilder:
    """Builds windows, a page of standings at a time. All methods raise RedisAway.

    Each build has a token. From `begin` on writers write to both the shown and the built window. If another
    build of the same window begins, its token replaces the first one's, whose build then fails.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def begin(self, window: Window, token: str, layout: int) -> None:
        """Begin to build a window."""
        self._link.call("begin_building", built_keys(window), [token, layout])

    def fill(
        self, window: Window, token: str, order: Order, version: int, standings: Sequence[Standing]
    ) -> bool:
        """Write standings. Returns False if a later build began, or if the built window is damaged."""
        page = PlainFill(
            keys=built_keys(window), token=token, order=order, version=version, standings=standings
        )
        if self._link.write_unchanged("check_building", page.keys, page.question(), page.queue):
            return True
        args = [token, order.ties, order.tier_width, version, *values(order, standings)]
        return bool(self._link.call("fill_building", built_keys(window), args))

    def finish(self, window: Window, token: str, order: Order, version: int) -> bool:
        """Replace the shown window by the built one. Returns False in the same cases as `fill`."""
        args = [token, order.layout, version, order.ties, order.tier_width]
        return bool(self._link.call("finish_building", all_keys(window), args))

    def clear(self) -> None:
        """Delete all windows, also those of deleted boards, and all names.

        Windows that are built afterwards can be read as soon as the position is stored.
        """
        names = (rediskeys.names(), rediskeys.renames(), rediskeys.catalogue_version())
        self._link.do(lambda redis: redis.unlink(*names))
        cursor = -1
        while cursor != 0:
            cursor = self._unlink_some(max(cursor, 0), rediskeys.WINDOWS)

    def _unlink_some(self, cursor: int, pattern: str) -> int:
        found: Any = self._link.do(lambda redis: redis.scan(cursor, match=pattern, count=SCAN_COUNT))
        next_cursor, names = found
        if names:
            self._link.do(lambda redis: redis.unlink(*names))
        return int(next_cursor)
