"""Scopes: what can be streamed. A board by its name, one of its regions as board:region."""

from __future__ import annotations

from dataclasses import dataclass

from scoreboard.boards.service import Boards, Page
from scoreboard.boards.types import Board, Period, Window
from scoreboard.core.clock import Clock, rfc3339
from scoreboard.stream.diff import checksum
from scoreboard.stream.types import Line, Shown


@dataclass(frozen=True, kw_only=True)
class Scopes:
    """Reads boards as the stream shows them."""

    boards: Boards
    clock: Clock

    def all(self) -> list[str]:
        """Every scope that there is."""
        return [
            scope
            for board in self.boards.all()
            for scope in (board.id, *(f"{board.id}:{region}" for region in board.definition.regions))
        ]

    def board(self, scope: str) -> Board:
        """The board of a scope. Raises NotFound."""
        name, _, region = scope.partition(":")
        board = self.boards.board(name)
        self.boards.window(board, "", region)
        return board

    def window(self, scope: str) -> tuple[Board, Window, Period]:
        """The window that a scope shows now. Raises NotFound."""
        name, _, region = scope.partition(":")
        board = self.boards.board(name)
        return (board, *self.boards.window(board, "", region))

    def read(self, scope: str, *, s: int) -> Shown:
        """A scope as it is now, to be published by frame `s`. Raises NotFound."""
        board, window, period = self.window(scope)
        page = self.boards.entries(board, window, period, limit=board.definition.size)
        top = tuple(_lines(page))
        return Shown(
            scope=scope,
            s=s,
            period=period.id,
            stamp=page.state,
            layout=_layout(board, period),
            rank=board.definition.ties,
            size=board.definition.size,
            columns=tuple(column.name for column in board.definition.columns),
            total=page.total,
            crc=checksum(top),
            at=rfc3339(self.clock()),
            top=top,
        )


def _layout(board: Board, period: Period) -> str:
    rows = board.definition
    return f"{board.since}/{period.id}/{board.layout}/{rows.ties}/{rows.size}"


def _lines(page: Page) -> list[Line]:
    return [Line(id=row.player, n=row.name, s=row.score, c=tuple(row.columns.values())) for row in page.rows]
