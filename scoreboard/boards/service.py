"""Reading boards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scoreboard.boards import cursors
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.exports import Exports, Spool
from scoreboard.boards.periods import before, period_at
from scoreboard.boards.reader import BoardReader
from scoreboard.boards.readings import KeptReadings, Reading
from scoreboard.boards.rules import no_board
from scoreboard.boards.store.entrystates import EntryStates
from scoreboard.boards.store.results import PastResult, Results
from scoreboard.boards.store.windows import WindowRow, Windows
from scoreboard.boards.types import Board, Period, Window
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.boards.views import After, Around, Listed, Located, PlaceForTier, Question
from scoreboard.core.clock import Clock
from scoreboard.core.errors import NotFound

__all__ = ["Boards", "EntryStates", "PastResult", "Reading"]


class Boards:
    """Reads boards: definitions, periods, entries, ranks, exports and past results."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        reader: BoardReader,
        health: ViewHealth,
        windows: Windows,
        results: Results,
        exports: Exports,
        clock: Clock,
        kept_readings: KeptReadings,
    ) -> None:
        self._catalogue, self._reader, self._health = catalogue, reader, health
        self._windows, self._results, self._clock = windows, results, clock
        self.exports = exports
        self.kept_readings = kept_readings

    def refresh(self) -> None:
        """Load the definitions, unless those in memory are as new as this call."""
        self._reader.refresh()

    def all(self) -> list[Board]:
        """All boards, by id."""
        self._reader.refresh()
        return self._catalogue.boards()

    def board(self, id: str) -> Board:
        """A board. Raises NotFound, board_not_found."""
        self._reader.refresh()
        return self._catalogue.board(id)

    def find(self, id: str) -> Board | None:
        """A board; None if there is none."""
        self._reader.refresh()
        return self.find_loaded(id)

    def readable(self, id: str, privileged_caller: Callable[[], object] = lambda: None) -> Board:
        """A board that the caller may read. Raises NotFound, board_not_found, also for a private one.

        `privileged_caller` checks the caller's credentials, and returns the caller if they may read private
        boards. It is called for unknown boards, too: otherwise refusing bad credentials would reveal a
        private one.
        """
        found = self.find(id)
        if found is not None and found.definition.public:
            return found
        if privileged_caller() is None or found is None:
            raise no_board(id)
        return found

    def find_loaded(self, id: str) -> Board | None:
        """A board as this process last loaded it, without a query; None if there is none."""
        try:
            return self._catalogue.board(id)
        except NotFound:
            return None

    def incarnation(self, id: str) -> str:
        """The name of a board's incarnation: it changes when the board is deleted and created again."""
        found = self.find(id)
        return f"board {id} {found.since if found else 'none'}"

    def is_private(self, id: str) -> bool:
        """True if a board is private, by the definition that this process last loaded."""
        found = self.find_loaded(id)
        return found is not None and not found.definition.public

    def current(self, board: Board) -> Period:
        """The running period."""
        return period_at(board.windows[0], board.definition.time_zone, self._clock())

    def period(self, board: Board, name: str) -> Period:
        """A period by name: an id, "current", "previous", or a kind that the board keeps (its current one).

        Raises NotFound, period_not_found.
        """
        zone = board.definition.time_zone
        if name in ("", "current"):
            return self.current(board)
        if name == "previous":
            found = before(self.current(board), zone)
        elif name in board.windows:
            found = period_at(name, zone, self._clock())
        else:
            found = self._find_period(board, name)
        if found is None:
            raise NotFound(f"This board has no period {name[:64]!r}.", code="period_not_found")
        return found

    def revised_at(self, board: Board, period: Period) -> int | None:
        """The time (ms since 1970) when results were last changed after the period was closed, or None."""
        if period.ends_at is None or self._clock() < period.ends_at:
            return None
        row = self._windows.of_period(board.id, period.id)
        return row.revised_at if row else None

    def last_changes(self, boards: Sequence[Board]) -> dict[str, int]:
        """The time (ms since 1970) of each board's last change; boards without open windows are left out."""
        found: dict[str, int] = {}
        for row in self._windows.open_of_boards([board.id for board in boards]) if boards else ():
            id = row.window.board
            found[id] = max(found.get(id, 0), row.changed_at)
        return found

    def window(self, board: Board, period: str, region: str) -> tuple[Window, Period]:
        """The window of a period and a region ("" for all), and the period. Raises NotFound."""
        if region and region not in board.definition.regions:
            raise NotFound(f"This board has no region {region[:64]!r}.", code="region_not_found")
        found = self.period(board, period)
        return Window(board.id, found.id, region), found

    def entries(
        self, board: Board, window: Window, period: Period, *, offset: int = 0, limit: int = 10
    ) -> Reading:
        """The rows in order, from the one at `offset` (0 is the first) on."""
        return self._read(board, window, period, Listed(offset, limit))

    def following(self, board: Board, cursor: str, *, limit: int) -> Reading:
        """The rows of the next page. Raises BadRequest, invalid_cursor."""
        window, key, player = cursors.read(cursor, board.id, self._catalogue.order(board))
        return self._read(board, window, self.period(board, window.period), After(key, player, limit))

    def around(self, board: Board, window: Window, period: Period, player: str, radius: int) -> Reading:
        """The rows around a player, and the player's own. Raises NotFound, not_ranked."""
        return _require_rank(player, self._read(board, window, period, Around(player, radius)))

    def players(self, board: Board, window: Window, period: Period, players: Sequence[str]) -> Reading:
        """The rows of these players, best first; those who are not ranked have none."""
        return self._read(board, window, period, Located(tuple(players)))

    def player(self, board: Board, window: Window, period: Period, player: str) -> Reading:
        """The one row of a player. Raises NotFound, not_ranked."""
        return _require_rank(player, self.players(board, window, period, [player]))

    def results(self, board: Board, player: str, *, periods: int) -> list[PastResult]:
        """A player's results in the newest periods of the board's own kind, newest first."""
        return self._results.of(player, board.id, board.windows[0], periods=periods)

    def rank_for(
        self, board: Board, window: Window, score: int, columns: Mapping[str, int]
    ) -> tuple[int, int]:
        """The rank that a new player would get with this score, and the number of players ranked now."""

        def find(board: Board) -> tuple[int, int]:
            order = self._catalogue.order(board)
            tier = order.tier(score, tuple(columns.get(name, 0) for name in order.names))
            found = self._reader.ask(board, window, PlaceForTier(tier))
            return order.rank(found.places[0]), found.total

        return self._catalogue.in_order(board, find)

    def wait_for_others(self) -> None:
        """Wait, after a score could not be shown, until every process reads it from SQL."""
        self._health.wait_for_others()

    def begin_export(self, board: Board, region: str, period: str, format: str) -> Spool:
        """Begin an export of all rows of one state of a window. Raises NotFound, or Unavailable.

        The caller ends it with `exports.end`.
        """
        window, found = self.window(board, period, region)

        def begin(board: Board) -> Spool:
            return self.exports.begin(window, found, self._catalogue.order(board), format)

        return self._catalogue.in_order(board, begin)

    def past(
        self, board: Board, *, before: tuple[int, int] | None, limit: int, kind: str = ""
    ) -> list[WindowRow]:
        """The periods that are over and have standings, newest first; of one kind, if it is given."""
        return self._windows.past(board.id, now=self._clock(), before=before, limit=limit, kind=kind)

    def _find_period(self, board: Board, id: str) -> Period | None:
        for kind in board.windows:
            running = period_at(kind, board.definition.time_zone, self._clock())
            if running.id == id:
                return running
        row = self._windows.of_period(board.id, id) if id.isprintable() else None  # PostgreSQL takes no NUL
        return row.period if row else None

    def _read(self, board: Board, window: Window, period: Period, question: Question) -> Reading:
        kept = self.kept_readings.get(window, question)
        found = self._catalogue.in_order(
            board, lambda board: self._reader.read(board, window, period, question, kept=kept)
        )
        if found is not kept:
            self.kept_readings.keep(question, found)
        return found


def _require_rank(player: str, reading: Reading) -> Reading:
    if not reading.rows:
        raise NotFound(f"{player[:64]!r} is not ranked on this board.", code="not_ranked")
    return reading
