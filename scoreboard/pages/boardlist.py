"""The list of public boards, each with its number of players, its leader, and a mark if it is live."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from scoreboard.boards.types import Board, Period, Row
from scoreboard.core.http.parts import parts
from scoreboard.pages import view

BOARDS_OF_A_PAGE = 50
LIVE_MS = 5 * 60_000  # after the last score, a board is no longer shown as live


class BoardLine(Struct, frozen=True, kw_only=True):
    """A board in the list."""

    board: Board
    period: Period
    period_key: str  # of the text that names the period; "" for none
    players: int
    leader: Row | None
    is_live: bool  # a player scored within LIVE_MS


def public_boards() -> list[Board]:
    """All boards that are not private."""
    return [board for board in parts().boards.service.all() if board.definition.public]


def lines(boards: Sequence[Board]) -> list[BoardLine]:
    """A line for each of these boards, of its current period."""
    changes = parts().boards.service.last_changes(boards)
    return [_line(board, changes.get(board.id, 0)) for board in boards]


def _line(board: Board, changed_at: int) -> BoardLine:
    boards = parts().boards.service
    window, period = boards.window(board, "", "")
    top = boards.entries(board, window, period, limit=1)
    return BoardLine(
        board=board,
        period=period,
        period_key=view.choices(board)[0].key,
        players=top.total,
        leader=top.rows[0] if top.rows else None,
        is_live=parts().base.clock() - changed_at < LIVE_MS,
    )
