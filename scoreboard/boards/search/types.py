"""The result of a search in a window."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from scoreboard.boards.types import PlayerResult


class Found(Struct, frozen=True, kw_only=True):
    """The players that a search found, by name."""

    total: int  # the number of players ranked in the window
    players: Sequence[PlayerResult]
    degraded: bool = False  # True if ranks can't be read now
