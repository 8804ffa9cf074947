"""Stream scopes: a board, one of its regions (board:eu), or one of its further periods (board@daily)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from scoreboard.boards.service import Boards, Reading
from scoreboard.boards.types import Board, Period, Window
from scoreboard.core.clock import Clock, rfc3339
from scoreboard.core.errors import NotFound
from scoreboard.stream.protocol.diff import checksum
from scoreboard.stream.protocol.types import Line, PublishedBoard


@dataclass(frozen=True, kw_only=True)
class Scopes:
    """Finds and reads the boards of stream scopes."""

    boards: Boards
    clock: Clock

    def all(self) -> list[str]:
        """Every stream scope."""
        return [
            _scope(board, kind, region)
            for board in self.boards.all()
            for kind in board.windows
            for region in ("", *board.definition.regions)
        ]

    def showing(self, board_id: str, period: str, region: str) -> list[str]:
        """The scopes that show a window now; none if this process does not know the board."""
        board = self.boards.find_loaded(board_id)
        if board is None:
            return []
        return [
            _scope(board, kind, region)
            for kind in board.windows
            if self.boards.period(board, kind).id == period
        ]

    def first_hidden(self, scopes: Sequence[str]) -> str | None:
        """The first board of these scopes that is missing or private; None if all are public.

        Known public boards are taken from memory. All others are looked up, so that the time of an answer
        does not tell a private board from a missing one.
        """
        for name in dict.fromkeys(map(_board_id, scopes)):
            board = self.boards.find_loaded(name)
            if board is None or not board.definition.public:
                board = self.boards.find(name)
            if board is None or not board.definition.public:
                return name
        return None

    def is_public(self, scope: str) -> bool:
        """True if anybody may watch a scope, as far as this process knows. Raises NotFound."""
        return self.board(scope).definition.public

    def board(self, scope: str) -> Board:
        """The board of a scope, from memory if it is known. Raises NotFound."""
        return self._parse(scope, fresh=False)[0]

    def window(self, scope: str) -> tuple[Board, Window, Period]:
        """The window that a scope shows now. Raises NotFound."""
        board, kind, region = self._parse(scope, fresh=True)
        period = self.boards.period(board, kind)
        return board, Window(board.id, period.id, region), period

    def state(self, scope: str) -> str:
        """The name of the state that a scope is in now. Raises NotFound."""
        board, window, period = self.window(scope)
        return self.boards.entries(board, window, period, limit=1).stamp

    def players(self, scope: str, players: Sequence[str]) -> Reading:
        """The rows of some players in a scope, of those that have one. Raises NotFound."""
        return self.boards.players(*self.window(scope), players)

    def in_region(self, scope: str, region: str, *, demanded: bool) -> str:
        """A scope in a region, if it names none. `demanded`: even if its board does not have the region."""
        name, at, kind = scope.partition("@")
        if not region or ":" in name:
            return scope
        if not demanded and region not in self.board(scope).definition.regions:
            return scope
        return f"{name}:{region}{at}{kind}"

    def _parse(self, scope: str, *, fresh: bool) -> tuple[Board, str, str]:
        name, _, word = scope.partition("@")
        name, _, region = name.partition(":")
        board = (None if fresh else self.boards.find_loaded(name)) or self.boards.board(name)
        if region and region not in board.definition.regions:
            raise NotFound(f"This board has no region {region[:64]!r}.", code="region_not_found")
        for kind in board.windows:
            # Only this spelling is accepted: another one would be a second room, without frames.
            if scope == _scope(board, kind, region):
                return board, kind, region
        raise NotFound(f"This board has no period {word[:64]!r} to stream.", code="period_not_found")

    def read(self, scope: str, *, s: int) -> PublishedBoard:
        """A scope as it is now, to be published by frame `s`. Raises NotFound."""
        board, window, period = self.window(scope)
        page = self.boards.entries(board, window, period, limit=board.definition.size)
        show = board.definition.show
        top = tuple(_showing_lines(page) if show else _lines(page))
        return PublishedBoard(
            scope=scope,
            s=s,
            period=period.id,
            stamp=page.state,
            layout=_layout(board, period),
            rank=board.definition.ties,
            size=board.definition.size,
            columns=tuple(column.name for column in board.definition.columns),
            show=show,
            total=page.total,
            crc=checksum(top),
            at=rfc3339(self.clock()),
            top=top,
        )


def _board_id(scope: str) -> str:
    return scope.partition("@")[0].partition(":")[0]


def _scope(board: Board, kind: str, region: str) -> str:
    further = "" if kind == board.windows[0] else f"@{_word(kind)}"
    return f"{board.id}{':' if region else ''}{region}{further}"


def _word(kind: str) -> str:
    return "cron" if " " in kind else kind  # a board follows one expression at most


def _layout(board: Board, period: Period) -> str:
    rows = board.definition
    layout = f"{board.since}/{period.id}/{board.layout}/{rows.ties}/{rows.size}"
    # Snapshots say how to show the fields, deltas don't.
    return layout + "".join(f"/{one.field}={one.kind}={one.title}" for one in rows.show)


def _lines(page: Reading) -> list[Line]:
    return [Line(id=row.player, n=row.name, s=row.score, c=tuple(row.columns.values())) for row in page.rows]


def _showing_lines(page: Reading) -> list[Line]:
    pairs = zip(_lines(page), page.rows, strict=True)
    return [structs.replace(line, m=page.shown(row) or None) for line, row in pairs]
