"""A board's order read from SQL: always current, slower for low ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoreboard.boards.order import Order
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.types import Place, ViewAnswer, Window
from scoreboard.boards.views import After, Around, Listed, Located, OrderChanged, PlaceForTier, Question
from scoreboard.core.storage.db import Connection, Database, one_of, rows
from scoreboard.journal.types import Position

AFTER = "(sort_key < ? OR (sort_key = ? AND player < ?))"
FIRST = ("~", "")  # comes before every row in list order
LIST_ORDER = "ORDER BY sort_key DESC, player DESC LIMIT ?"

KeyedRow = tuple[str, str, str]  # key, player, metadata
NamedPlace = tuple[str, str, str, str | None]  # key, player, metadata, display name
EXPORT_PAGE = (
    "SELECT s.sort_key, s.player, s.metadata, p.display_name FROM standing s"
    " LEFT JOIN player p ON p.id = s.player"
    " WHERE s.window_id = ? AND (s.sort_key, s.player) < (?, ?)"
    " ORDER BY s.sort_key DESC, s.player DESC LIMIT ?"
)


class SqlView:
    """Reads places from the standings' table: a BoardView that shows every window."""

    def __init__(self, database: Database, shard: int) -> None:
        self._database, self._shard = database, shard

    def ask(self, window: Window, order: Order, question: Question) -> ViewAnswer:
        """The answer from SQL. Raises OrderChanged."""

        def work(db: Connection) -> ViewAnswer:
            row = current_window(db, window, order)
            if row is None:
                return _empty(question, Position(self._shard, 0))
            # The time tells a fact from the one that had its number before a backup was restored.
            version = Position(self._shard, row.version)
            stamp = f"s{version}-{row.changed_at}"
            places = _Places(db, row, order).of(question)
            return ViewAnswer(version=version, stamp=stamp, total=row.entries, places=places)

        return self._database.snapshot(work)


class _Places:
    """Finds places in one window, within one snapshot."""

    def __init__(self, db: Connection, row: WindowRow, order: Order) -> None:
        self._db, self._row, self._order = db, row, order

    def of(self, question: Question) -> list[Place]:
        """The places that a question asks for."""
        match question:
            case Listed(offset, limit):
                return self._places_from(self._page("", (limit,), offset), offset)
            case After(key, player, limit):
                return self._after((key, key, player), limit)
            case Around(player, radius):
                return self._around(player, radius)
            case Located(players):
                return list(_places_of(self._db, self._row.id, self._order, self._keys(players)))
        position = self._count("AND sort_key >= ?", (question.tier,))
        return [self._place((question.tier, "", ""), position)]

    def _after(self, params: tuple[str, str, str], limit: int) -> list[Place]:
        start = self._row.entries - self._count(f"AND {AFTER}", params)
        return self._places_from(self._page(f"AND {AFTER}", (*params, limit)), start)

    def _around(self, player: str, radius: int) -> list[Place]:
        own = self._keys([player])
        if not own:
            return []
        key, player, _ = own[0]
        position = self._count("AND (sort_key > ? OR (sort_key = ? AND player > ?))", (key, key, player))
        start = max(0, position - radius)
        return self._places_from(self._page("", (position + radius + 1 - start,), start), start)

    def _page(self, condition: str, params: tuple[object, ...], offset: int = 0) -> list[KeyedRow]:
        text = f"SELECT sort_key, player, metadata FROM standing WHERE window_id = ? {condition} {LIST_ORDER}"
        if offset:
            text, params = f"{text} OFFSET ?", (*params, offset)
        return rows(self._db, text, (self._row.id, *params))

    def _places_from(self, found: list[KeyedRow], start: int) -> list[Place]:
        if not found:
            return []
        first = self._place(found[0], start)
        return self._order.number(found, position=start, ahead=first.ahead, tiers=first.tiers)

    def _place(self, own: KeyedRow, position: int) -> Place:
        key, player, metadata = own
        tier = key[: self._order.tier_width] + "~"  # which follows every digit of a key
        tiers = self._tiers_ahead(tier) if self._order.ties == "dense" else 0
        ahead = self._count("AND sort_key > ?", (tier,))
        return Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=metadata)

    def _tiers_ahead(self, tier: str) -> int:
        text = (
            f"SELECT COUNT(DISTINCT substr(sort_key, 1, {self._order.tier_width})) FROM standing"
            " WHERE window_id = ? AND sort_key > ?"
        )
        ((count,),) = rows(self._db, text, (self._row.id, tier))
        return int(count)

    def _count(self, condition: str, params: tuple[object, ...]) -> int:
        text = f"SELECT COUNT(*) FROM standing WHERE window_id = ? {condition}"
        ((count,),) = rows(self._db, text, (self._row.id, *params))
        return int(count)

    def _keys(self, players: Sequence[str]) -> list[KeyedRow]:
        condition, value = one_of(self._db, "player", players)
        text = f"SELECT sort_key, player, metadata FROM standing WHERE window_id = ? AND {condition}"
        return rows(self._db, text, (self._row.id, value))


def _empty(question: Question, version: Position) -> ViewAnswer:
    """The answer for a window without standings."""
    places = (
        [Place(key=question.tier, player="", position=0, ahead=0, tiers=0)]
        if isinstance(question, PlaceForTier)
        else []
    )
    return ViewAnswer(version=version, stamp=f"s{version}", total=0, places=places)


def current_window(db: Connection, window: Window, order: Order) -> WindowRow | None:
    """A window's row; None if it has no standings. Raises OrderChanged if its board has another order."""
    if Definitions(db).layout(window.board) != order.layout:
        raise OrderChanged
    return Windows(db).get(window)


def all_named(db: Connection, window_id: int, page: int) -> Iterator[list[NamedPlace]]:
    """All places of a window in list order with their names, page by page."""
    after = FIRST
    while found := rows(db, EXPORT_PAGE, (window_id, *after, page)):
        yield found
        after = found[-1][:2]


def place_beside(
    db: Connection,
    window_id: int,
    order: Order,
    own: tuple[str, str],
    left_out: Sequence[str],
    others: Sequence[tuple[str, str]],
) -> Place:
    """The place of an order key and player in a window in which `others` stand instead of `left_out`."""
    tier = own[0][: order.tier_width]
    where, params = "window_id = ?", [window_id]
    if left_out:
        condition, value = one_of(db, "player", left_out)
        where, params = f"{where} AND NOT ({condition})", [*params, value]
    count = f"SELECT COUNT(*) FROM standing WHERE {where}"
    ((position,),) = rows(db, f"{count} AND (sort_key, player) > (?, ?)", (*params, *own))
    ((ahead,),) = rows(db, f"{count} AND sort_key > ?", (*params, tier + "~"))
    tiers = {key[: order.tier_width] for key, _ in others if key[: order.tier_width] > tier}
    if order.ties == "dense":
        part = f"substr(sort_key, 1, {order.tier_width})"
        text = f"SELECT DISTINCT {part} FROM standing WHERE {where} AND sort_key > ?"
        tiers |= {row[0] for row in rows(db, text, (*params, tier + "~"))}
    return Place(
        key=own[0],
        player=own[1],
        position=position + sum(one > own for one in others),
        ahead=ahead + sum(key[: order.tier_width] > tier for key, _ in others),
        tiers=len(tiers),
    )


def _places_of(db: Connection, id: int, order: Order, found: list[KeyedRow]) -> Iterator[Place]:
    """Places of players, best first. Each row is counted once: counting goes on from player to player."""
    tier_count = f"COUNT(DISTINCT substr(sort_key, 1, {order.tier_width}))" if order.ties == "dense" else "0"
    position = ahead = tiers = 0
    start = FIRST  # the rows before this one are counted
    for key, player, metadata in sorted(found, reverse=True):
        tier = (key[: order.tier_width] + "~", "")  # "~" follows every digit of a key
        if tier < start:
            before, tiers_before = _between(db, id, start, tier, tier_count)
            ahead, tiers = position + before, tiers + tiers_before
            position, start = ahead, tier
        position += _between(db, id, start, (key, player))[0]
        start = (key, player)
        yield Place(key=key, player=player, position=position, ahead=ahead, tiers=tiers, metadata=metadata)


def _between(
    db: Connection, id: int, first: tuple[str, str], end: tuple[str, str], tiers: str = "0"
) -> tuple[int, int]:
    """The numbers of rows and of `tiers` from `first` on and before `end`, in list order."""
    text = (
        f"SELECT COUNT(*), {tiers} FROM standing"
        " WHERE window_id = ? AND (sort_key, player) > (?, ?) AND (sort_key, player) <= (?, ?)"
    )
    ((count, tiers_found),) = rows(db, text, (id, *end, *first))
    return int(count), int(tiers_found)
