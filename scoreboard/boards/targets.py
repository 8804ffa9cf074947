"""The windows that facts touch, by the boards that they feed, their regions and their times."""

from __future__ import annotations

from collections.abc import Iterable

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.facts import Feed, feeds_of
from scoreboard.boards.periods import period_at
from scoreboard.boards.rules import no_board, not_open
from scoreboard.boards.types import Board, Period, Window
from scoreboard.core.errors import NotFound
from scoreboard.journal.types import Fact

Target = tuple[Window, Period]


class Targets:
    """Finds the boards, periods and windows of one batch, each of them once. Writes nothing."""

    def __init__(self, catalogue: Catalogue, at: int) -> None:
        self._at = at
        self._boards = {board.id: board for board in catalogue.boards()}
        self._fed_boards: dict[tuple[Feed, bool], tuple[Board, str]] = {}
        self._windows: dict[tuple[str, str, int], list[Target]] = {}
        self._periods: dict[tuple[str, str], Period] = {}
        self._running: dict[tuple[str, str], Period] = {}

    def find(self, id: str) -> Board | None:
        """A board; None if there is none."""
        return self._boards.get(id)

    def players(self, facts: Iterable[Fact]) -> dict[Window, dict[str, None]]:
        """The players of facts by the windows that they touch, as far as boards exist."""
        found: dict[Window, dict[str, None]] = {}
        for fact in facts:
            for feed in feeds_of(fact):
                board = self._boards.get(feed.board)
                for window, _ in self.windows(board, fact) if board else ():
                    found.setdefault(window, {})[fact.player] = None
        return found

    def boards(self, fact: Fact) -> list[tuple[Board, str]]:
        """The boards that a fact feeds, each with the operator. Raises NotFound or Forbidden."""
        earned, cache = fact.data.get("trust") == "client", self._fed_boards
        return [cache.get((feed, earned)) or self._open(feed, earned=earned) for feed in feeds_of(fact)]

    def windows(self, board: Board, fact: Fact) -> list[Target]:
        """The windows of a board that a fact touches: for each kind all regions, and the fact's own."""
        at, region = fact.data.get("occurredAt", self._at), _region(board, fact)
        cached = self._windows.get((board.id, region, at))
        if cached is None:
            periods = [self._period(board, kind, at) for kind in board.windows]
            regions = ("", region) if region else ("",)
            cached = [(Window(board.id, period.id, one), period) for period in periods for one in regions]
            self._windows[board.id, region, at] = cached
        return cached

    def running(self, board: Board, kind: str) -> Period:
        """The period of a kind that runs now."""
        cached = self._running.get((board.id, kind))
        if cached is None:
            cached = self._running[board.id, kind] = period_at(kind, board.definition.time_zone, self._at)
        return cached

    def _open(self, feed: Feed, *, earned: bool) -> tuple[Board, str]:
        board = self._boards.get(feed.board)
        if board is None:
            raise no_board(feed.board)
        if feed.since and board.since != feed.since:
            detail = f"The board {board.id!r} was deleted and created again in the meantime."
            raise NotFound(detail, code="board_not_found")
        if earned and board.definition.trust != "client":
            raise not_open(board)
        found = self._fed_boards[feed, earned] = board, feed.operator or board.definition.operator
        return found

    def _period(self, board: Board, kind: str, at: int) -> Period:
        cached = self._periods.get((board.id, kind))
        if cached is None or not cached.covers(at):
            cached = period_at(kind, board.definition.time_zone, at)
            self._periods[(board.id, kind)] = cached
        return cached


def _region(board: Board, fact: Fact) -> str:
    region: str = fact.data.get("region", "")
    if region:
        return region
    home: str = fact.data.get("home", "")
    return home if home in board.definition.regions else ""
