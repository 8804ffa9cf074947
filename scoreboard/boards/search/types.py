"""The result of a search in a window."""

from __future__ import annotations

from msgspec import Struct


class FoundPlayer(Struct, frozen=True, kw_only=True):
    """A player whose name begins with the searched text. Without a rank if ranks can't be read now."""

    player: str
    name: str
    score: int
    columns: dict[str, int]
    reached_at: int
    metadata: str
    rank: int | None = None
    ahead: int | None = None  # how many other players are ahead by the board's tie rule


class Found(Struct, frozen=True, kw_only=True):
    """The players that a search found, by name."""

    total: int  # the number of players ranked in the window
    players: list[FoundPlayer]
    degraded: bool = False  # True if ranks can't be read now
