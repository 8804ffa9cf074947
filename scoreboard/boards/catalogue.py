"""The catalogue: the definitions of all boards, in memory. Callers refresh it as they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from scoreboard.boards.order import Order
from scoreboard.boards.rules import no_board
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.types import Board
from scoreboard.boards.views import OrderChanged
from scoreboard.core.storage.db import Connection

T = TypeVar("T")


class Catalogue:
    """All boards by id, with their orders."""

    def __init__(self, stored: Definitions) -> None:
        self._stored = stored
        # One tuple, replaced as a whole: readers and the writer's native thread never see half of a load.
        self._state: tuple[int, Mapping[str, Board], Mapping[str, Order]] = (-1, {}, {})

    @property
    def version(self) -> int:
        """The newest fact that changed a loaded definition; -1 before the first load."""
        return self._state[0]

    def refresh(self, version: int | None = None) -> None:
        """Load the definitions, unless those in memory are of `version` (by default of the newest one)."""
        if version is None:
            version = self._stored.version()
        if version != self.version:
            self._keep(*self._stored.load())

    def refresh_within(self, db: Connection) -> None:
        """Load the newest definitions, inside the writer's transaction."""
        definitions = Definitions(db)
        if definitions.version() != self.version:
            self._keep(*definitions.load())

    def board(self, id: str) -> Board:
        """A board. Raises NotFound, board_not_found."""
        board = self._state[1].get(id)
        if board is None:
            raise no_board(id)
        return board

    def contains(self, board: Board) -> bool:
        """True if a board is as it was loaded last."""
        return self._state[1].get(board.id) is board

    def boards(self) -> list[Board]:
        """All boards, by id."""
        return sorted(self._state[1].values(), key=lambda board: board.id)

    def order(self, board: Board) -> Order:
        """The order of a board's standings."""
        _, boards, orders = self._state  # read once: another thread may replace it
        return orders[board.id] if boards.get(board.id) is board else Order(board.definition, board.layout)

    def in_order(self, board: Board, read: Callable[[Board], T]) -> T:
        """Call `read` with a board. If its order has changed, call it again with the new definition."""
        try:
            return read(board)
        except OrderChanged:
            self.refresh()
            return read(self.board(board.id))

    def _keep(self, version: int, boards: Mapping[str, Board]) -> None:
        orders = {id: Order(board.definition, board.layout) for id, board in boards.items()}
        self._state = (version, boards, orders)
