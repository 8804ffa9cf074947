"""The Redis keys of a window, and standings as the scripts take them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from scoreboard.boards.order import Order
from scoreboard.boards.types import Standing, Window
from scoreboard.core.storage import rediskeys

WINDOWS = 1024  # whose keys a process keeps in memory, as each read and each commit needs them
HOLDING = (
    rediskeys.order,
    rediskeys.members,
    rediskeys.tiers,
    rediskeys.tier_sizes,
    rediskeys.metadata,
)


@lru_cache(maxsize=WINDOWS)
def shown_keys(window: Window) -> tuple[str, ...]:
    """The keys that hold a window as it is shown, then its state."""
    tag = rediskeys.window(window.path)
    return (*(key(tag) for key in HOLDING), rediskeys.state(tag))


@lru_cache(maxsize=WINDOWS)
def built_keys(window: Window) -> tuple[str, ...]:
    """The keys in which a window is built, then its state."""
    *shown, state = shown_keys(window)
    return (*map(rediskeys.building, shown), state)


@lru_cache(maxsize=WINDOWS)
def all_keys(window: Window) -> tuple[str, ...]:
    """The keys that hold a window as it is shown, its state, and the keys in which it is built."""
    return shown_keys(window) + built_keys(window)[:-1]


def values(order: Order, standings: Sequence[Standing]) -> list[Any]:
    """Four arguments for each standing: player, version, order key, metadata."""
    found: list[Any] = []
    for standing in standings:
        found += (standing.player, standing.version, order.key(standing), standing.metadata)
    return found
