"""Reading boards: one answer for each question, from Redis where it can be believed, else from SQL."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from scoreboard.accounts.service import Names
from scoreboard.boards import cursors
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.exports import Exports, Spool
from scoreboard.boards.order import Order
from scoreboard.boards.periods import before, period_at
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.rules import no_board
from scoreboard.boards.store.sqlview import OutdatedError, SqlView
from scoreboard.boards.store.standings import WindowRow
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Board, Period, Row, Stretch, Window
from scoreboard.boards.wire import RankedEntry
from scoreboard.core.clock import Clock
from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.errors import NotFound
from scoreboard.core.storage.redis import RedisAway

log = logging.getLogger(__name__)

T = TypeVar("T")
Ask = Callable[..., Stretch | None]  # a question to a view, at a window and in its order

UNREADABLE = (ValueError, msgspec.DecodeError)  # a key that is no order key, or bytes that are no text
PAGES_KEPT = 64  # tops of boards that a process remembers; each is right for one state of its window
PAGE_BYTES = 256 * 1024


class Page(Struct, frozen=True, kw_only=True):
    """Rows of one state of a window."""

    board: Board
    window: Window
    period: Period
    version: int  # the newest fact in that state
    state: str  # names the state: the same text means the same rows
    stamp: str  # the window's part of that name
    total: int
    rows: list[Row]
    encoded: bytes  # the rows as the API answers them, encoded once for all who ask
    following: str | None = None  # the cursor of the next page


class Boards:
    """Everything that one can ask about boards."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        projector: BoardProjector,
        sql: SqlView,
        windows: Windows,
        names: Names,
        exports: Exports,
        clock: Clock,
    ) -> None:
        self._catalogue, self._projector, self._sql = catalogue, projector, sql
        self._windows, self._names, self._clock = windows, names, clock
        self.exports = exports
        # As new as the last refresh, so as new as the request that reads them.
        self._together = Coalescer(self._look)
        self._renames = ""
        self._names_shown = False
        self._pages: OrderedDict[tuple[Any, ...], Page] = OrderedDict()

    def all(self) -> list[Board]:
        """All boards, by id."""
        self._refresh()
        return self._catalogue.boards()

    def board(self, id: str) -> Board:
        """A board. Raises NotFound, board_not_found."""
        self._refresh()
        return self._catalogue.board(id)

    def find(self, id: str) -> Board | None:
        """A board; None where there is none."""
        self._refresh()
        return self.known(id)

    def readable(self, id: str, insider: Callable[[], object] = lambda: None) -> Board:
        """A board that the caller may read. Raises NotFound, board_not_found, for a private one too.

        `insider` checks the caller's credentials, and says whether they may read private boards. It is called
        where there is no board too: otherwise a refusal of bad credentials would tell that there is one.
        """
        found = self.find(id)
        if found is not None and found.definition.public:
            return found
        if insider() is None or found is None:
            raise no_board(id)
        return found

    def known(self, id: str) -> Board | None:
        """A board as this process last heard of it, without asking anybody."""
        try:
            return self._catalogue.board(id)
        except NotFound:
            return None

    def incarnation(self, id: str) -> str:
        """The name of a board as it is now: another one once it was deleted and made again."""
        found = self.find(id)
        return f"board {id} {found.since if found else 'none'}"

    def private(self, id: str) -> bool:
        """Whether a board is private, as far as this process knows."""
        found = self.known(id)
        return found is not None and not found.definition.public

    def order(self, board: Board) -> Order:
        """The order of a board's standings."""
        return self._catalogue.order(board)

    def current(self, board: Board) -> Period:
        """The period that runs now."""
        return period_at(board.windows[0], board.definition.time_zone, self._clock())

    def period(self, board: Board, wanted: str) -> Period:
        """A period by id, "current", "previous", or the current one of a kind that the board keeps.

        Raises NotFound, period_not_found.
        """
        zone = board.definition.time_zone
        if wanted in ("", "current"):
            return self.current(board)
        if wanted == "previous":
            found = before(self.current(board), zone)
        elif wanted in board.windows:
            found = period_at(wanted, zone, self._clock())
        else:
            found = self._known_period(board, wanted)
        if found is None:
            raise NotFound(f"This board has no period {wanted[:64]!r}.", code="period_not_found")
        return found

    def revised_at(self, board: Board, period: Period) -> int | None:
        """When results of a period were last changed after it was closed; None where never."""
        if period.ends_at is None or self._clock() < period.ends_at:
            return None
        row = self._windows.of_period(board.id, period.id)
        return row.revised_at if row else None

    def window(self, board: Board, period: str, region: str) -> tuple[Window, Period]:
        """The window of a period and a region ("" for all). Raises NotFound."""
        if region and region not in board.definition.regions:
            raise NotFound(f"This board has no region {region[:64]!r}.", code="region_not_found")
        found = self.period(board, period)
        return Window(board.id, found.id, region), found

    def entries(
        self, board: Board, window: Window, period: Period, *, offset: int = 0, limit: int = 10
    ) -> Page:
        """A page of rows in order, from the one at `offset` (0 is the first) on."""
        question = ("listed", offset, limit)
        return self._read(
            board,
            window,
            period,
            question,
            # One more than asked for tells whether another page follows.
            lambda view, *at: view.listed(*at, offset=offset, limit=limit + 1),
            keep=limit,
        )

    def following(self, board: Board, cursor: str, *, limit: int) -> Page:
        """The page that follows another. Raises BadRequest, invalid_cursor."""
        window, after = cursors.read(cursor, board.id, self._catalogue.order(board))
        return self._read(
            board,
            window,
            self.period(board, window.period),
            ("after", *after, limit),
            lambda view, *at: view.listed(*at, offset=0, limit=limit + 1, after=after),
            keep=limit,
        )

    def around(self, board: Board, window: Window, period: Period, player: str, radius: int) -> Page:
        """The rows around a player, and his own. Raises NotFound, not_ranked."""
        page = self._read(
            board,
            window,
            period,
            ("around", player, radius),
            lambda view, *at: view.around(*at, player, radius),
        )
        if not page.rows:
            raise NotFound(f"{player[:64]!r} has no place on this board.", code="not_ranked")
        return page

    def players(self, board: Board, window: Window, period: Period, players: Sequence[str]) -> Page:
        """The rows of those of these players who have one, best first, with their ranks."""
        return self._read(
            board,
            window,
            period,
            ("players", *players),
            lambda view, *at: view.located(*at, players),
        )

    def player(self, board: Board, window: Window, period: Period, player: str) -> Page:
        """The one row of a player. Raises NotFound, not_ranked."""
        page = self.players(board, window, period, [player])
        if not page.rows:
            raise NotFound(f"{player[:64]!r} has no place on this board.", code="not_ranked")
        return page

    def rank_for(
        self, board: Board, window: Window, score: int, columns: Mapping[str, int]
    ) -> tuple[int, int]:
        """The rank that a new player would get with this score, and how many are ranked now."""

        def answer(board: Board) -> tuple[int, int]:
            order = self._catalogue.order(board)
            tier = order.tier(score, tuple(columns.get(name, 0) for name in order.names))
            stretch = self._ask(window, order, lambda view, *at: view.would_be(*at, tier))
            return order.rank(stretch.places[0]), stretch.total

        return self._in_order(board, answer)

    def let_others_notice(self) -> None:
        """Wait, after a score that could not be shown, until no process believes Redis to have it."""
        self._projector.health.wait_for_others()

    def exported(self, board: Board, region: str, period: str, format: str) -> Spool:
        """All rows of one state of a window, as a file. Raises NotFound, or Unavailable."""
        window, found = self.window(board, period, region)
        return self._in_order(
            board, lambda board: self.exports.begin(window, found, self._catalogue.order(board), format)
        )

    def past(self, board: Board, *, before: tuple[int, int] | None, limit: int) -> list[WindowRow]:
        """Periods that are over, newest first, of those in which anybody scored."""
        return self._windows.past(board.id, now=self._clock(), before=before, limit=limit)

    def _known_period(self, board: Board, id: str) -> Period | None:
        for kind in board.windows:
            running = period_at(kind, board.definition.time_zone, self._clock())
            if running.id == id:
                return running
        row = self._windows.of_period(board.id, id) if id.isprintable() else None  # PostgreSQL takes no NUL
        return row.period if row else None

    def _refresh(self) -> None:
        self._together.ask(None)

    def _look(self, asked: Sequence[None]) -> Sequence[None]:
        if self._projector.health.is_current():
            try:
                version, renames = self._projector.view.versions()
            except RedisAway as error:
                self._projector.health.mark_failed(error)
            else:
                self._catalogue.refresh(version)
                self._names_shown = renames is not None
                self._renames = renames or str(self._names.renames())
                return asked
        self._names_shown = False
        self._catalogue.refresh()
        self._renames = str(self._names.renames())
        return asked

    def _read(
        self,
        board: Board,
        window: Window,
        period: Period,
        question: tuple[Any, ...],
        ask: Ask,
        *,
        keep: int | None = None,
    ) -> Page:
        page = self._known_page(board, window, question)
        if page is None:
            page = self._in_order(board, lambda board: self._fresh_page(board, window, period, ask, keep))
            self._remember(window, page, question)
        return page

    def _in_order(self, board: Board, answer: Callable[[Board], T]) -> T:
        try:
            return answer(board)
        except OutdatedError:
            # The order changed, and this process had not heard of it.
            self._catalogue.refresh()
            return answer(self._catalogue.board(board.id))

    def _fresh_page(self, board: Board, window: Window, period: Period, ask: Ask, keep: int | None) -> Page:
        order = self._catalogue.order(board)
        try:
            return self._page(board, window, period, order, self._ask(window, order, ask), keep)
        except UNREADABLE as error:
            log.warning("Redis shows what nobody wrote", extra={"window": str(window), "reason": str(error)})
            return self._page(board, window, period, order, self._ask_sql(window, order, ask), keep)

    def _known_page(self, board: Board, window: Window, question: tuple[Any, ...]) -> Page | None:
        if not _remembered(question) or not self._projector.health.is_current():
            return None
        try:
            stamp = self._projector.view.stamp(window, self._catalogue.order(board))
        except RedisAway as error:
            self._projector.health.mark_failed(error)
            return None
        if stamp is None or not self._projector.health.is_current():  # not shown, or not to be believed
            return None
        return self._pages.get((window, self._state(board, stamp), question))

    def _remember(self, window: Window, page: Page, question: tuple[Any, ...]) -> None:
        if not _remembered(question) or len(page.encoded) > PAGE_BYTES:
            return
        self._pages[(window, page.state, question)] = page
        if len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)

    def _state(self, board: Board, stamp: str) -> str:
        return f"{board.revision}.{stamp}.{self._renames}"

    def _page(
        self,
        board: Board,
        window: Window,
        period: Period,
        order: Order,
        stretch: Stretch,
        keep: int | None,
    ) -> Page:
        places = sorted(stretch.places, key=lambda place: place.position)[:keep]
        names = self._names_of([place.player for place in places])
        more = keep is not None and len(stretch.places) > keep
        rows = [order.row(place, stretch.total, names.get(place.player, place.player)) for place in places]
        return Page(
            board=board,
            window=window,
            period=period,
            version=stretch.version,
            state=self._state(board, stretch.stamp),
            stamp=stretch.stamp,
            total=stretch.total,
            rows=rows,
            encoded=msgspec.json.encode([RankedEntry.of(row) for row in rows]),
            following=cursors.write(window, order.layout, places[-1]) if more else None,
        )

    def _names_of(self, players: Sequence[str]) -> Mapping[str, str]:
        if self._names_shown:
            try:
                found = self._projector.view.names(players)
            except RedisAway as error:
                self._projector.health.mark_failed(error)
            else:
                if found is not None and self._projector.health.is_current():
                    return {player: name for player, name in zip(players, found, strict=True) if name}
        return self._names.of(players)

    def _ask(self, window: Window, order: Order, ask: Ask) -> Stretch:
        if self._projector.health.is_current():
            try:
                stretch = ask(self._projector.view, window, order)
            except RedisAway as error:
                self._projector.health.mark_failed(error)
            else:
                # Asking may have met a Redis that was restarted with older boards.
                if stretch is not None and self._projector.health.is_current():
                    return stretch
        return self._ask_sql(window, order, ask)

    def _ask_sql(self, window: Window, order: Order, ask: Ask) -> Stretch:
        found = ask(self._sql, window, order)
        assert found is not None, "SQL always has an answer"
        return found


def _remembered(question: tuple[Any, ...]) -> bool:
    """Whether an answer is worth keeping: tops are asked for again and again, the rest hardly ever."""
    return question[:2] == ("listed", 0)
