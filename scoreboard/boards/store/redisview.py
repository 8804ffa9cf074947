"""A board's order as Redis shows it: fast, complete or absent, and never the truth."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from redis import Redis

from scoreboard.accounts.types import Name
from scoreboard.boards.order import Order
from scoreboard.boards.types import Place, Shown, Standing, Stretch, Window
from scoreboard.core import keys
from scoreboard.core.redis import Breaker, Scripts, SharedReads

PARTS = (keys.order, keys.members, keys.tiers, keys.tier_sizes, keys.metadata)
PAST_WINDOW_SECONDS = 7 * 86400  # then a closed window is read from SQL


class Change:
    """What one batch changed in one window.

    `gone` are players who stand there no more, each with the fact by which they went. A `closed` window is
    not shown for this, where it is not shown already.
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


class RedisView:
    """Writes standings to Redis, and reads places from it."""

    def __init__(self, redis: Redis, breaker: Breaker) -> None:
        self._redis = redis
        self._breaker = breaker
        self._scripts = Scripts(redis, "scoreboard.boards")
        self._reads = SharedReads(self._scripts, breaker)

    @property
    def server(self) -> str:
        """Run id of the server that was last met."""
        return self._breaker.server

    # Writing

    def publish(self, changes: Sequence[Change], first: int, last: int) -> list[dict[str, Shown] | None]:
        """Show what a batch changed, in one pipeline. Raises RedisAway.

        Returns for each change the players' ranks, or None where the window is not shown. Facts
        `first` to `last` count as applied: a window that is not shown is read from SQL, and comes
        back with all of them or not at all.
        """

        def fill(pipeline: Any) -> None:
            for change in changes:
                self._queue(pipeline, change, ranked=True)
            if changes:
                scopes = {scope(change.window) for change in changes}
                pipeline.sadd(keys.dirty(), *scopes)
                _ring(pipeline, keys.dirty_wake())
            _ring(pipeline, keys.wake())

        answers = self._breaker.call(lambda: self._scripts.execute(fill))
        shown = [_shown(change, answer) for change, answer in zip(changes, answers, strict=False)]
        if last >= first:
            self.advance(first, last)
        return shown

    def put(self, change: Change) -> bool:
        """Show standings again. Returns whether the window is shown. Raises RedisAway."""
        answers = self._breaker.call(
            lambda: self._scripts.execute(lambda pipeline: self._queue(pipeline, change, ranked=False))
        )
        return _shown(change, answers[0]) is not None

    def advance(self, first: int, last: int, *, anew: bool = False) -> None:
        """Note that facts `first` to `last` are applied. Raises RedisAway."""
        args = [first, last, "set" if anew else ""]
        self._call("advance_applied", [keys.applied(0)], args)

    def wake(self) -> None:
        """Wake the followers. Raises RedisAway."""
        self._breaker.call(lambda: self._scripts.execute(lambda pipeline: _ring(pipeline, keys.wake())))

    def position(self) -> int | None:
        """Up to which fact Redis holds everything; None where it was emptied. Raises RedisAway."""
        text = self._breaker.call(lambda: self._redis.hget(keys.applied(0), "position"))
        return None if text is None else int(str(text))

    def stamp(self, window: Window, order: Order) -> str | None:
        """The name of a window's state; None where it is not shown. Raises RedisAway."""
        state = _keys(window)[5]
        found = self._reads.ask(lambda pipeline: pipeline.hmget(state, ["layout", "made", "changes"]))
        layout, made, changes = (str(text or "") for text in found)
        return self._stamp(f"{made}-{changes or 0}") if layout == str(order.layout) else None

    def begin_building(self, window: Window, token: str, layout: int) -> None:
        """Begin to build a window beside what is shown. Raises RedisAway."""
        shown = _keys(window)
        self._call("begin_building", [*map(keys.building, shown[:5]), shown[5]], [token, layout])

    def fill_building(
        self, window: Window, token: str, order: Order, version: int, standings: Sequence[Standing]
    ) -> bool:
        """Write standings where a window is built. False where another builder began. Raises RedisAway."""
        shown = _keys(window)
        args = [token, order.ties, order.tier_width, version, *_values(order, standings)]
        return bool(self._call("fill_building", [*map(keys.building, shown[:5]), shown[5]], args))

    def finish_building(self, window: Window, token: str, layout: int, version: int) -> bool:
        """Show what was built. False where another builder began later. Raises RedisAway."""
        return bool(self._call("finish_building", _both(window), [token, layout, version]))

    def hide(self, window: Window) -> None:
        """Stop showing a window, so that it is read from SQL until it is built. Raises RedisAway."""
        names = [*_both(window)]
        self._breaker.call(lambda: self._redis.unlink(*names))

    def let_go(self, window: Window) -> None:
        """Keep a closed window for a while only. Raises RedisAway."""

        def fill(pipeline: Any) -> None:
            for key in _keys(window):
                pipeline.expire(key, PAST_WINDOW_SECONDS)

        self._breaker.call(lambda: self._scripts.execute(fill))

    def layouts(self, windows: Sequence[Window]) -> list[int | None]:
        """For each window the layout that it is shown in. Raises RedisAway."""

        def fill(pipeline: Any) -> None:
            for window in windows:
                pipeline.hget(_keys(window)[5], "layout")

        answers = self._breaker.call(lambda: self._scripts.execute(fill))
        return [None if answer is None else int(answer) for answer in answers]

    # Names and definitions, which are shown beside the boards

    def names(self, players: Sequence[str]) -> list[str | None]:
        """Display names. Raises RedisAway."""
        if not players:
            return []
        found = self._reads.ask(lambda pipeline: pipeline.hmget(keys.names(), list(players)))
        return [None if text is None else str(text).partition(":")[2] for text in found]

    def show_names(self, names: Sequence[Name], *, complete: int | None = None) -> None:
        """Show display names, each unless a newer one is shown. Raises RedisAway.

        `complete`, the newest fact that changed any name, says that Redis has all names from now
        on: it may have been emptied.
        """
        args: list[Any] = ["" if complete is None else complete]
        for name in names:
            args += (name.player, name.seq, name.text)
        self._call("show_names", [keys.names(), keys.renames()], args)

    def forget_names(self, players: Sequence[str], gone: int) -> None:
        """Show the names of players no more who are gone by this fact. Raises RedisAway."""
        self._call("forget_names", [keys.names()], [gone, *players])

    def versions(self) -> tuple[int | None, int | None]:
        """Versions of the catalogue and of display names. Raises RedisAway."""
        names = (keys.catalogue_version(), keys.renames())
        found = self._reads.ask(lambda pipeline: pipeline.mget(*names))
        catalogue, renames = (None if text is None else int(text) for text in found)
        return catalogue, renames

    def show_catalogue_version(self, version: int) -> None:
        """Tell every process that the definitions changed. Raises RedisAway."""
        self._breaker.call(lambda: self._redis.set(keys.catalogue_version(), version))

    # Reading. None where the window is not shown.

    def listed(
        self,
        window: Window,
        order: Order,
        *,
        offset: int,
        limit: int,
        after: tuple[str, str] | None = None,
    ) -> Stretch | None:
        """Places in list order: from `offset` on, or those that follow a given key and player."""
        if after is not None:
            return self._listed(window, order, "after", after[0] + after[1], limit)
        return self._listed(window, order, "offset", offset, limit)

    def around(self, window: Window, order: Order, player: str, radius: int) -> Stretch | None:
        """The places around a player, and his own; none where he has none."""
        return self._listed(window, order, "around", player, radius)

    def located(self, window: Window, order: Order, players: Sequence[str]) -> Stretch | None:
        """The places of these players, of those that have one."""
        return self._located(window, order, "players", players)

    def would_be(self, window: Window, order: Order, tier: str) -> Stretch | None:
        """The place that a new player with this score and these columns would get."""
        return self._located(window, order, "tier", [tier])

    def _listed(self, window: Window, order: Order, how: str, what: Any, limit: int) -> Stretch | None:
        args = [order.layout, order.ties, order.tier_width, order.width, how, what, limit]
        answer = self._read("read_listed", _keys(window), args)
        if answer is None:
            return None
        version, stamp, total, start, ahead, tiers, members, texts = answer
        width = order.width
        texts = texts or [""] * len(members)
        found = [(member[:width], member[width:], text) for member, text in zip(members, texts, strict=True)]
        places = order.number(found, position=start, ahead=ahead, tiers=tiers)
        return Stretch(version=int(version), stamp=self._stamp(stamp), total=total, places=places)

    def _located(self, window: Window, order: Order, how: str, what: Sequence[str]) -> Stretch | None:
        args = [order.layout, order.ties, order.tier_width, how, *what]
        answer = self._read("read_located", _keys(window), args)
        if answer is None:
            return None
        version, stamp, total, *flat = answer
        places = [
            Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=text)
            for player, key, position, ahead, tiers, text in zip(*[iter(flat)] * 6, strict=True)
        ]
        return Stretch(version=int(version), stamp=self._stamp(stamp), total=total, places=places)

    def _stamp(self, state: str) -> str:
        # A server that came back with an older state counts its changes anew from there, and gets to
        # the same numbers with other rows.
        return f"r{self.server[:8]}-{state}"

    def _call(self, script: str, names: Sequence[str], args: Sequence[Any]) -> Any:
        return self._breaker.call(lambda: self._scripts.call(script, names, args))

    def _read(self, script: str, names: Sequence[str], args: Sequence[Any]) -> Any:
        return self._reads.ask(lambda pipeline: self._scripts.queue(pipeline, script, names, args))

    def _queue(self, pipeline: Any, change: Change, *, ranked: bool) -> None:
        order = change.order
        # Who is gone is among what the script is given, so it can't tell whether that is the whole window.
        whole = not (change.gone or change.closed)
        args = [
            change.order.layout,
            change.version,
            change.entries if whole else -1,
            order.ties,
            order.tier_width,
            int(ranked),
            secrets.token_hex(4),
            *_values(order, change.standings),
            *(value for player, seq in change.gone.items() for value in (player, seq, "", "")),
        ]
        self._scripts.queue(pipeline, "apply_standings", _both(change.window), args)


def _ring(pipeline: Any, bell: str) -> None:
    pipeline.lpush(bell, 1)
    pipeline.ltrim(bell, 0, 0)


def _values(order: Order, standings: Sequence[Standing]) -> list[Any]:
    """Standings as the scripts take them."""
    values: list[Any] = []
    for standing in standings:
        values += (standing.player, standing.version, order.key(standing), standing.metadata)
    return values


def scope(window: Window) -> str:
    """A window's name among what streams carry: board/period/region."""
    return f"{window.board}/{window.period}/{window.segment}"


def _keys(window: Window) -> list[str]:
    tag = keys.window(window.board, window.period, window.segment)
    return [*(part(tag) for part in PARTS), keys.state(tag)]


def _both(window: Window) -> list[str]:
    shown = _keys(window)
    return [*shown, *map(keys.building, shown[:5])]


def _shown(change: Change, answer: list[int]) -> dict[str, Shown] | None:
    live, *ranks = answer
    if not live:
        return None
    return {
        standing.player: Shown(standing.score, after, before or None, standing.version)
        for standing, before, after in zip(change.standings, ranks[::2], ranks[1::2], strict=False)
    }
