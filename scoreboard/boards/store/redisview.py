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
from scoreboard.boards.store.windowkeys import read_keys, shown_keys, values
from scoreboard.boards.types import (
    Comparison,
    Place,
    RedisAnswer,
    Standing,
    Versions,
    ViewAnswer,
    Window,
)
from scoreboard.boards.views import After, Around, Listed, Located, Question
from scoreboard.core.storage.redis import Breaker
from scoreboard.journal.types import Position


class RedisView:
    """Reads places from Redis: a BoardView. Its fields write to Redis, and keep the view up to date.

    Methods answer nothing if a window is not shown, or damaged. They raise RedisAway.
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
        return self.read(window, order, question).places

    def read(
        self, window: Window, order: Order, question: Question, *, stamp: str = "", names: str = ""
    ) -> RedisAnswer:
        """The answer with the players' names, and the versions of definitions and names, in one trip.

        A caller that has the answer of a state gives its `stamp` and the version of its `names`.
        """
        match question:
            case Listed(offset, limit):
                return self._list(window, order, "offset", offset, limit, stamp[1:], names)
            case After(key, player, limit):
                return self._list(window, order, "after", key + player, limit)
            case Around(player, radius):
                return self._list(window, order, "around", player, radius)
            case Located(players):
                return self._locate(window, order, "players", players)
        return self._locate(window, order, "tier", [question.tier])

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

    def _list(
        self,
        window: Window,
        order: Order,
        mode: str,
        start: Any,
        count: int,
        stamp: str = "",
        names: str = "",
    ) -> RedisAnswer:
        args = [order.layout, order.ties, order.tier_width, order.width, mode, start, count, stamp, names]
        versions, *answer = self._link.read("read_listed", read_keys(window), args)
        if len(answer) <= 1:
            return RedisAnswer(versions=_versions(versions), unchanged=bool(answer))
        *state, first, ahead, tiers, members, texts = answer
        width = order.width
        texts = texts or [""] * len(members)
        found = [(member[:width], member[width:], text) for member, text in zip(members, texts, strict=True)]
        return self._answer(versions, state, order.number(found, position=first, ahead=ahead, tiers=tiers))

    def _locate(self, window: Window, order: Order, mode: str, keys: Sequence[str]) -> RedisAnswer:
        args = [order.layout, order.ties, order.tier_width, mode, *keys]
        versions, *answer = self._link.read("read_located", read_keys(window), args)
        if not answer:
            return RedisAnswer(versions=_versions(versions))
        places = [
            Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=text)
            for player, key, position, ahead, tiers, text in zip(*[iter(answer[4:])] * 6, strict=True)
        ]
        return self._answer(versions, answer[:4], places)

    def _answer(self, versions: Sequence[str], state: Sequence[Any], places: list[Place]) -> RedisAnswer:
        stamp, version, total, names = state
        # The token of the newest change: a server that came back with an older state may get to the same
        # version with other rows.
        found = ViewAnswer(
            version=Position(self._shard, int(version)), stamp=f"r{stamp}", total=total, places=places
        )
        if not versions[1]:
            return RedisAnswer(versions=_versions(versions), places=found)
        named = {
            place.player: text.partition(":")[2] for place, text in zip(places, names, strict=False) if text
        }
        return RedisAnswer(versions=_versions(versions), places=found, names=named)


def _versions(texts: Sequence[str]) -> Versions:
    definitions, names = texts
    return Versions(int(definitions) if definitions else None, names or None)
