"""Questions about a window's order, and the view that answers them: Redis or SQL."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from scoreboard.boards.order import Order
from scoreboard.boards.types import ViewAnswer, Window


class Listed(Struct, frozen=True):
    """The places in list order, from the one at `offset` (0 is the first) on."""

    offset: int
    limit: int


class After(Struct, frozen=True):
    """The places that follow an order key and player in the list."""

    key: str
    player: str
    limit: int


class Around(Struct, frozen=True):
    """The places around a player, and the player's own; no places if the player is not ranked."""

    player: str
    radius: int


class Located(Struct, frozen=True):
    """The places of these players, except those who are not ranked."""

    players: tuple[str, ...]


class PlaceForTier(Struct, frozen=True):
    """The place that a new player would get with the score and columns of this tier."""

    tier: str


Question = Listed | After | Around | Located | PlaceForTier


class BoardView(Protocol):
    """Reads the places of a window, all of one answer from one state."""

    def ask(self, window: Window, order: Order, question: Question) -> ViewAnswer | None:
        """The answer; None if this view does not show the window now.

        Raises OrderChanged if the board has another order by now.
        """


class OrderChanged(Exception):
    """The order of the board has changed since the caller loaded it."""
