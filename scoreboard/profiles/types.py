"""Types of profiles."""

from __future__ import annotations

from msgspec import Struct

from scoreboard.boards.types import Board, Period, Row


class Result(Struct, frozen=True, kw_only=True):
    """A player's row in one period of a board, and how many players are ranked in it."""

    period: Period
    row: Row
    total: int


class BoardResults(Struct, frozen=True, kw_only=True):
    """A player's results on one board."""

    board: Board
    current: list[Result]  # of the running periods that the board keeps, its own first
    best: Result | None  # of the board's own periods, the running one included; None for all time
    past: list[Result]  # of the board's own periods that are over, newest first


class Profile(Struct, frozen=True, kw_only=True):
    """A player as the public sees them."""

    player: str
    name: str
    boards: list[BoardResults]
