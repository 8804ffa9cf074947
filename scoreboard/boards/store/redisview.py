"""A board's order as Redis shows it. A window is shown completely or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis

from scoreboard.boards.order import Order
from scoreboard.boards.store.redisbuilder import RedisBuilder
from scoreboard.boards.store.rediscatalogue import RedisCatalogue
from scoreboard.boards.store.redislink import RedisLink
from scoreboard.boards.store.redisposition import RedisPosition
from scoreboard.boards.store.rediswriter import RedisWriter
from scoreboard.boards.store.windowkeys import shown_keys, values
from scoreboard.boards.types import Comparison, Place, Standing, ViewAnswer, Window
from scoreboard.boards.views import After, Around, Listed, Located, Question
from scoreboard.core.storage.redis import Breaker
from scoreboard.journal.types import Position


class RedisView:
    """Reads places from Redis: a BoardView. Its fields write to Redis, and keep the view up to date.

    Methods return None if a window is not shown, or damaged, and raise RedisAway.
    """

    def __init__(self, redis: Redis, breaker: Breaker, shard: int) -> None:
        self._shard = shard
        self._link = RedisLink(redis, breaker)
        self.position = RedisPosition(self._link)
        self.writer = RedisWriter(self._link, self.position)
        self.builder = RedisBuilder(self._link)
        self.catalogue = RedisCatalogue(self._link)

    @property
    def server(self) -> str:
        """Run id of the server that was last met."""
        return self._link.server

    def ask(self, window: Window, order: Order, question: Question) -> ViewAnswer | None:
        """The answer from Redis."""
        match question:
            case Listed(offset, limit):
                return self._list(window, order, "offset", offset, limit)
            case After(key, player, limit):
                return self._list(window, order, "after", key + player, limit)
            case Around(player, radius):
                return self._list(window, order, "around", player, radius)
            case Located(players):
                return self._locate(window, order, "players", players)
        return self._locate(window, order, "tier", [question.tier])

    def stamp(self, window: Window, order: Order) -> str | None:
        """The name of a window's state."""
        found = self._link.read("read_stamp", shown_keys(window)[-1:], [order.layout])
        return None if found is None else _stamp(found)

    def are_shown(self, windows: Sequence[tuple[Window, Order]]) -> list[bool]:
        """For each of these windows True if it is shown, and complete as far as counting tells."""

        def fill(pipeline: Any) -> None:
            for window, order in windows:
                args = [order.layout, order.ties, order.tier_width]
                self._link.queue(pipeline, "compare_standings", shown_keys(window), args)

        return [answer is not None for answer in self._link.pipeline(fill)]

    def compare(self, window: Window, order: Order, standings: Sequence[Standing]) -> Comparison | None:
        """The differences between a window and these standings."""
        args = [order.layout, order.ties, order.tier_width, *values(order, standings)]
        answer = self._link.call("compare_standings", shown_keys(window), args)
        if answer is None:
            return None
        version, entries, *flat = answer
        return Comparison(
            version=int(version), entries=entries, differing=dict(zip(flat[::2], flat[1::2], strict=True))
        )

    def _list(self, window: Window, order: Order, mode: str, start: Any, count: int) -> ViewAnswer | None:
        args = [order.layout, order.ties, order.tier_width, order.width, mode, start, count]
        answer = self._link.read("read_listed", shown_keys(window), args)
        if answer is None:
            return None
        version, stamp, total, first, ahead, tiers, members, texts = answer
        width = order.width
        texts = texts or [""] * len(members)
        found = [(member[:width], member[width:], text) for member, text in zip(members, texts, strict=True)]
        places = order.number(found, position=first, ahead=ahead, tiers=tiers)
        return ViewAnswer(
            version=Position(self._shard, int(version)), stamp=_stamp(stamp), total=total, places=places
        )

    def _locate(self, window: Window, order: Order, mode: str, keys: Sequence[str]) -> ViewAnswer | None:
        args = [order.layout, order.ties, order.tier_width, mode, *keys]
        answer = self._link.read("read_located", shown_keys(window), args)
        if answer is None:
            return None
        version, stamp, total, *flat = answer
        places = [
            Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=text)
            for player, key, position, ahead, tiers, text in zip(*[iter(flat)] * 6, strict=True)
        ]
        return ViewAnswer(
            version=Position(self._shard, int(version)), stamp=_stamp(stamp), total=total, places=places
        )


def _stamp(state: str) -> str:
    # A token of the newest change: a server that came back with an older state may get to the same
    # version with other rows.
    return f"r{state}"
