"""A board's order as Redis shows it: fast, complete or absent, and never the truth."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from scoreboard.accounts.types import Name
from scoreboard.boards.order import Order
from scoreboard.boards.types import Applied, Compared, Place, RankChange, Standing, Stretch, Window
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.redis import Breaker, Scripts, SharedReads
from scoreboard.journal.types import Recorded, Span

PARTS = (rediskeys.order, rediskeys.members, rediskeys.tiers, rediskeys.tier_sizes, rediskeys.metadata)
SCANNED = 1000  # keys that are looked at in one trip
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

    def publish(self, changes: Sequence[Change], span: Span) -> list[dict[str, RankChange] | None]:
        """Show what a batch changed, in one pipeline. Raises RedisAway.

        Returns for each change the players' ranks, or None where the window is not shown. The facts
        of `span` count as applied: a window that is not shown is read from SQL, and comes back with
        all of them or not at all.
        """

        def fill(pipeline: Any) -> None:
            for change in changes:
                self._queue(pipeline, change, ranked=True)
            if changes:
                _look_at(pipeline, {change.window for change in changes})
            _ring(pipeline, rediskeys.wake())

        answers = self._breaker.call(lambda: self._scripts.execute(fill))
        shown = [_shown(change, answer) for change, answer in zip(changes, answers, strict=False)]
        self.advance(span)
        return shown

    def look_at(self, windows: Collection[Window]) -> None:
        """Have streams look at windows that changed otherwise than by scores. Raises RedisAway."""
        if windows:
            self._breaker.call(lambda: self._scripts.execute(lambda pipeline: _look_at(pipeline, windows)))

    def put(self, change: Change) -> bool:
        """Show standings again. Returns whether the window is shown. Raises RedisAway."""
        answers = self._breaker.call(
            lambda: self._scripts.execute(lambda pipeline: self._queue(pipeline, change, ranked=False))
        )
        return _shown(change, answers[0]) is not None

    def advance(self, span: Span) -> None:
        """Note that these facts are applied. Raises RedisAway."""
        if span.facts:
            self._advance(span.first, span.last, span.mark, span.before, "")

    def advance_by(self, facts: Sequence[Recorded]) -> None:
        """Note that these facts are applied, which follow a compared position. Raises RedisAway."""
        self._advance(facts[0].seq, facts[-1].seq, facts[-1].mark, "", "")

    def begin_at(self, seq: int, mark: str) -> None:
        """Note that everything is applied, up to the fact of this number and mark. Raises RedisAway."""
        self._advance(1, seq, mark, "", "set")

    def _advance(self, first: int, last: int, *rest: Any) -> None:
        self._call("advance_applied", [rediskeys.applied(0)], [first, last, *rest])

    def wake(self) -> None:
        """Wake the followers. Raises RedisAway."""
        self._breaker.call(lambda: self._scripts.execute(lambda pipeline: _ring(pipeline, rediskeys.wake())))

    def applied(self) -> Applied | None:
        """Which facts Redis holds; None where it was emptied. Raises RedisAway."""
        names = ["position", "mark", "newest", "newest-mark"]

        def read() -> Applied | None:
            try:
                found: Any = self._redis.hmget(rediskeys.applied(0), names)
                return _applied(*found)
            except ResponseError as error:
                if "WRONGTYPE" not in str(error):
                    raise
            except ValueError:
                pass  # it was altered
            self._redis.unlink(rediskeys.applied(0))  # no position is better than one that nobody can read
            return None

        return self._breaker.call(read)

    def forget(self) -> None:
        """Forget all boards and names, whatever boards they are of. Raises RedisAway.

        What is built afterwards can be read as soon as the position is noted.
        """
        self._breaker.call(
            lambda: self._redis.unlink(rediskeys.names(), rediskeys.renames(), rediskeys.catalogue_version())
        )
        self._unlink_all(rediskeys.WINDOWS)

    def forget_journal(self) -> None:
        """Forget all that followed another journal, the stream included. Raises RedisAway."""
        followed = (rediskeys.applied(0), rediskeys.head(), rediskeys.frames(), rediskeys.shown())
        self._breaker.call(lambda: self._redis.unlink(*followed))

    def _unlink_all(self, pattern: str) -> None:
        cursor = -1
        while cursor != 0:
            begin = max(cursor, 0)
            found: Any = self._breaker.call(
                lambda begin=begin: self._redis.scan(begin, match=pattern, count=SCANNED)  # type: ignore[misc]
            )
            cursor, names = found
            if names:
                self._breaker.call(lambda names=names: self._redis.unlink(*names))  # type: ignore[misc]

    def stamp(self, window: Window, order: Order) -> str | None:
        """The name of a window's state; None where it is not shown. Raises RedisAway."""
        found = self._read("read_stamp", _keys(window)[5:], [order.layout])
        return None if found is None else _stamp(found)

    def begin_building(self, window: Window, token: str, layout: int) -> None:
        """Begin to build a window beside what is shown. Raises RedisAway."""
        shown = _keys(window)
        self._call("begin_building", [*map(rediskeys.building, shown[:5]), shown[5]], [token, layout])

    def fill_building(
        self, window: Window, token: str, order: Order, version: int, standings: Sequence[Standing]
    ) -> bool:
        """Write standings where a window is built. False where that is of no use. Raises RedisAway."""
        shown = _keys(window)
        args = [token, order.ties, order.tier_width, version, *_values(order, standings)]
        return bool(self._call("fill_building", [*map(rediskeys.building, shown[:5]), shown[5]], args))

    def finish_building(self, window: Window, token: str, order: Order, version: int) -> bool:
        """Show what was built. False where that is of no use. Raises RedisAway."""
        args = [token, order.layout, version, order.ties, order.tier_width]
        return bool(self._call("finish_building", _both(window), args))

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

    def are_shown(self, windows: Sequence[tuple[Window, Order]]) -> list[bool]:
        """Which of these windows are shown, whole as far as counting tells. Raises RedisAway."""

        def fill(pipeline: Any) -> None:
            for window, order in windows:
                args = [order.layout, order.ties, order.tier_width]
                self._scripts.queue(pipeline, "compare_standings", _keys(window), args)

        answers = self._breaker.call(lambda: self._scripts.execute(fill))
        return [answer is not None for answer in answers]

    def compared(self, window: Window, order: Order, standings: Sequence[Standing]) -> Compared | None:
        """How a window differs from these standings; None where it is not shown. Raises RedisAway."""
        args = [order.layout, order.ties, order.tier_width, *_values(order, standings)]
        answer = self._call("compare_standings", _keys(window), args)
        if answer is None:
            return None
        version, entries, *flat = answer
        return Compared(
            version=int(version), entries=entries, differing=dict(zip(flat[::2], flat[1::2], strict=True))
        )

    # Names and definitions, which are shown beside the boards

    def names(self, players: Sequence[str]) -> list[str | None] | None:
        """Display names; None where not all of them are shown. Raises RedisAway."""
        found = self._named(players)
        return found and [None if text is None else text.partition(":")[2] for text in found]

    def differing_names(self, names: Sequence[Name]) -> dict[str, str] | None:
        """What is shown of those of these that differ; None as above. Raises RedisAway."""
        found = self._named([name.player for name in names])
        if found is None:
            return None
        pairs = zip(names, found, strict=True)
        return {name.player: text or "" for name, text in pairs if text != f"{name.seq}:{name.text}"}

    def _named(self, players: Sequence[str]) -> list[str | None] | None:
        if not players:
            return []
        found: list[str | None] | None = self._read(
            "read_names", [rediskeys.renames(), rediskeys.names()], players
        )
        return found

    def hide_names(self) -> None:
        """Have names be read from SQL until all of them are shown again. Raises RedisAway."""
        self._breaker.call(lambda: self._redis.unlink(rediskeys.names(), rediskeys.renames()))

    def show_names(self, names: Sequence[Name], *, complete: int | None = None) -> None:
        """Show display names, each unless a newer one is shown. Raises RedisAway.

        `complete`, the newest fact that changed any name, says that Redis has all names from now
        on: it may have been emptied.
        """
        args: list[Any] = ["" if complete is None else complete, secrets.token_hex(4)]
        for name in names:
            args += (name.player, name.seq, name.text)
        self._call("show_names", [rediskeys.names(), rediskeys.renames()], args)

    def forget_names(self, players: Sequence[str], gone: int) -> None:
        """Show the names of players no more who are gone by this fact. Raises RedisAway."""
        self._call("forget_names", [rediskeys.names(), rediskeys.renames()], [gone, *players])

    def versions(self) -> tuple[int | None, str | None]:
        """Version of the catalogue, and the name of the state of display names. Raises RedisAway."""
        names = (rediskeys.catalogue_version(), rediskeys.renames(), rediskeys.names())
        catalogue, renames = self._read("read_versions", names, ())
        return int(catalogue) if catalogue else None, renames or None

    def show_catalogue_version(self, version: int) -> None:
        """Tell every process that the definitions changed. Raises RedisAway."""
        self._breaker.call(lambda: self._redis.set(rediskeys.catalogue_version(), version))

    # Reading. None where the window is not shown, or damaged.

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
        return Stretch(version=int(version), stamp=_stamp(stamp), total=total, places=places)

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
        return Stretch(version=int(version), stamp=_stamp(stamp), total=total, places=places)

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
            secrets.token_hex(8),
            *_values(order, change.standings),
            *(value for player, seq in change.gone.items() for value in (player, seq, "", "")),
        ]
        self._scripts.queue(pipeline, "apply_standings", _both(change.window), args)


def _stamp(state: str) -> str:
    # A token of the newest change: a server that came back with an older state may get to the same
    # version with other rows.
    return f"r{state}"


def _ring(pipeline: Any, bell: str) -> None:
    pipeline.lpush(bell, 1)
    pipeline.ltrim(bell, 0, 0)


def _values(order: Order, standings: Sequence[Standing]) -> list[Any]:
    """Standings as the scripts take them."""
    values: list[Any] = []
    for standing in standings:
        values += (standing.player, standing.version, order.key(standing), standing.metadata)
    return values


def _look_at(pipeline: Any, windows: Collection[Window]) -> None:
    pipeline.sadd(rediskeys.dirty(), *(window.path for window in windows))
    _ring(pipeline, rediskeys.dirty_wake())


def _keys(window: Window) -> list[str]:
    tag = rediskeys.window(window.path)
    return [*(part(tag) for part in PARTS), rediskeys.state(tag)]


def _both(window: Window) -> list[str]:
    shown = _keys(window)
    return [*shown, *map(rediskeys.building, shown[:5])]


def _applied(
    position: str | None, mark: str | None, newest: str | None, newest_mark: str | None
) -> Applied | None:
    if position is None:
        return None
    return Applied(
        position=int(position),
        mark=mark or "",
        newest=int(newest or position),
        newest_mark=(newest_mark if newest else mark) or "",
    )


def _shown(change: Change, answer: list[int]) -> dict[str, RankChange] | None:
    live, *ranks = answer
    if not live:
        return None
    return {
        standing.player: RankChange(standing.score, after, before or None, standing.version)
        for standing, before, after in zip(change.standings, ranks[::2], ranks[1::2], strict=False)
    }
