"""A board's order read from SQL: right at once, slower where many stand before one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scoreboard.boards.order import Order
from scoreboard.boards.store import definitions
from scoreboard.boards.store.standings import WindowRow, window_row
from scoreboard.boards.types import Place, Stretch, Window
from scoreboard.core.storage.db import Connection, Database, one_of, rows

AFTER = "(sort_key < ? OR (sort_key = ? AND player < ?))"
FIRST = ("~", "")  # stands before every row
LISTED = "ORDER BY sort_key DESC, player DESC LIMIT ?"


Named = tuple[str, str, str, str | None]  # key, player, metadata, display name
EXPORTED = (
    "SELECT s.sort_key, s.player, s.metadata, p.display_name FROM standing s"
    " LEFT JOIN player p ON p.id = s.player"
    " WHERE s.window_id = ? AND (s.sort_key, s.player) < (?, ?)"
    " ORDER BY s.sort_key DESC, s.player DESC LIMIT ?"
)


class OutdatedError(Exception):
    """The board's order has changed since the caller learnt it."""


class SqlView:
    """Reads places from the standings' table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(
        self, window: Window, order: Order, *, offset: int, limit: int, after: tuple[str, str] | None = None
    ) -> Stretch:
        """Places in list order: from `offset` on, or those that follow a given key and player."""

        def read(db: Connection, row: WindowRow) -> list[Place]:
            if after is not None:
                condition, params = f"AND {AFTER}", (after[0], *after)
                start = row.entries - _count(db, row.id, condition, params)
                found = self._page(db, row.id, condition, (*params, limit))
            else:
                start = offset
                found = self._page(db, row.id, "", (limit,), offset)
            return self._numbered(db, row, order, found, start)

        return self._read(window, order, read)

    def around(self, window: Window, order: Order, player: str, radius: int) -> Stretch:
        """The places around a player, and his own; none where he has none."""

        def read(db: Connection, row: WindowRow) -> list[Place]:
            own = _keys(db, row.id, [player])
            if not own:
                return []
            position = _before(db, row.id, own[0])
            start = max(0, position - radius)
            found = self._page(db, row.id, "", (position + radius + 1 - start,), start)
            return self._numbered(db, row, order, found, start)

        return self._read(window, order, read)

    def located(self, window: Window, order: Order, players: Sequence[str]) -> Stretch:
        """The places of these players, of those that have one."""

        def read(db: Connection, row: WindowRow) -> list[Place]:
            return list(_placed(db, row.id, order, _keys(db, row.id, players)))

        return self._read(window, order, read)

    def would_be(self, window: Window, order: Order, tier: str) -> Stretch:
        """The place that a new player with this score and these columns would get."""

        def read(db: Connection, row: WindowRow) -> list[Place]:
            position = _count(db, row.id, "AND sort_key >= ?", (tier,))
            return [self._place(db, row, order, (tier, "", ""), position)]

        stretch = self._read(window, order, read)
        return (
            stretch
            if stretch.places
            else Stretch(
                version=0,
                stamp="s0",
                total=0,
                places=[Place(key=tier, player="", position=0, ahead=0, tiers=0)],
            )
        )

    def _read(
        self, window: Window, order: Order, read: Callable[[Connection, WindowRow], list[Place]]
    ) -> Stretch:
        def work(db: Connection) -> Stretch:
            row = current_window(db, window, order)
            if row is None:
                return Stretch(version=0, stamp="s0", total=0, places=[])
            # The time tells a fact from the one that had its number before a backup was restored.
            stamp = f"s{row.version}-{row.changed_at}"
            return Stretch(version=row.version, stamp=stamp, total=row.entries, places=read(db, row))

        return self._database.snapshot(work)

    def _page(
        self, db: Connection, id: int, condition: str, params: tuple[object, ...], offset: int = 0
    ) -> list[tuple[str, str, str]]:
        text = f"SELECT sort_key, player, metadata FROM standing WHERE window_id = ? {condition} {LISTED}"
        if offset:
            text, params = f"{text} OFFSET ?", (*params, offset)
        return rows(db, text, (id, *params))

    def _numbered(
        self, db: Connection, row: WindowRow, order: Order, found: list[tuple[str, str, str]], start: int
    ) -> list[Place]:
        if not found:
            return []
        first = self._place(db, row, order, found[0], start)
        return order.number(found, position=start, ahead=first.ahead, tiers=first.tiers)

    def _place(
        self, db: Connection, row: WindowRow, order: Order, own: tuple[str, str, str], position: int
    ) -> Place:
        key, player, metadata = own
        tier = key[: order.tier_width] + "~"  # which follows every digit of a key
        tiers = 0
        if order.ties == "dense":
            ((tiers,),) = rows(
                db,
                f"SELECT COUNT(DISTINCT substr(sort_key, 1, {order.tier_width})) FROM standing"
                " WHERE window_id = ? AND sort_key > ?",
                (row.id, tier),
            )
        ahead = _count(db, row.id, "AND sort_key > ?", (tier,))
        return Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=metadata)


def current_window(db: Connection, window: Window, order: Order) -> WindowRow | None:
    """A window's row, None where nobody stands in it. Raises OutdatedError where the order is another."""
    if definitions.layout(db, window.board) != order.layout:
        raise OutdatedError
    return window_row(db, window)


def all_named(db: Connection, window_id: int, page: int) -> Iterator[list[Named]]:
    """All places of a window in list order with their names, page by page."""
    after = FIRST
    while found := rows(db, EXPORTED, (window_id, *after, page)):
        yield found
        after = found[-1][:2]


def _placed(db: Connection, id: int, order: Order, found: list[tuple[str, str, str]]) -> Iterator[Place]:
    """Places of players, best first. Each row before the last of them is counted once, not once for each."""
    tiers_counted = (
        f"COUNT(DISTINCT substr(sort_key, 1, {order.tier_width}))" if order.ties == "dense" else "0"
    )
    position = ahead = tiers = 0
    counted = FIRST  # what stands before this was counted
    for key, player, metadata in sorted(found, reverse=True):
        tier = (key[: order.tier_width] + "~", "")  # "~" follows every digit of a key
        if tier < counted:
            before, tiers_before = _between(db, id, counted, tier, tiers_counted)
            ahead, tiers = position + before, tiers + tiers_before
            position, counted = ahead, tier
        position += _between(db, id, counted, (key, player))[0]
        counted = (key, player)
        yield Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=metadata)


def _between(
    db: Connection, id: int, first: tuple[str, str], end: tuple[str, str], tiers: str = "0"
) -> tuple[int, int]:
    """How many rows, and `tiers`, there are from `first` on and before `end`, in list order."""
    text = (
        f"SELECT COUNT(*), {tiers} FROM standing"
        " WHERE window_id = ? AND (sort_key, player) > (?, ?) AND (sort_key, player) <= (?, ?)"
    )
    ((count, tiers_found),) = rows(db, text, (id, *end, *first))
    return int(count), int(tiers_found)


def _count(db: Connection, id: int, condition: str, params: tuple[object, ...]) -> int:
    ((count,),) = rows(db, f"SELECT COUNT(*) FROM standing WHERE window_id = ? {condition}", (id, *params))
    return int(count)


def _keys(db: Connection, id: int, players: Sequence[str]) -> list[tuple[str, str, str]]:
    condition, value = one_of(db, "player", players)
    text = f"SELECT sort_key, player, metadata FROM standing WHERE window_id = ? AND {condition}"
    return rows(db, text, (id, value))


def _before(db: Connection, id: int, own: tuple[str, str, str]) -> int:
    key, player, _ = own
    return _count(db, id, "AND (sort_key > ? OR (sort_key = ? AND player > ?))", (key, key, player))
