"""The Redis keys of a window, and standings as arguments of the Lua scripts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from scoreboard.boards.order import Order
from scoreboard.boards.types import Standing, Window
from scoreboard.core.storage import rediskeys

MAX_WINDOWS = 1024  # a process keeps their keys in memory, as each read and each commit needs them
DATA_KEYS = (
    rediskeys.order,
    rediskeys.members,
    rediskeys.tiers,
    rediskeys.tier_sizes,
    rediskeys.metadata,
)


@lru_cache(maxsize=MAX_WINDOWS)
def shown_keys(window: Window) -> tuple[str, ...]:
    """The keys that hold the data of a window that is shown, then the key of its state."""
    tag = rediskeys.window(window.path)
    return (*(key(tag) for key in DATA_KEYS), rediskeys.state(tag))


@lru_cache(maxsize=MAX_WINDOWS)
def built_keys(window: Window) -> tuple[str, ...]:
    """The keys in which the data of a window is built, then the key of its state."""
    *shown, state = shown_keys(window)
    return (*map(rediskeys.building, shown), state)


@lru_cache(maxsize=MAX_WINDOWS)
def all_keys(window: Window) -> tuple[str, ...]:
    """The keys of `shown_keys`, then those in which the data is built."""
    return shown_keys(window) + built_keys(window)[:-1]


@lru_cache(maxsize=MAX_WINDOWS)
def read_keys(window: Window) -> tuple[str, ...]:
    """The keys of `shown_keys`, then those of definitions and names, which all windows share."""
    return (*shown_keys(window), rediskeys.catalogue_version(), rediskeys.renames(), rediskeys.names())


def values(order: Order, standings: Sequence[Standing]) -> list[Any]:
    """Four arguments for each standing: player, version, order key, metadata."""
    args: list[Any] = []
    for standing in standings:
        args += (standing.player, standing.version, order.key(standing), standing.metadata)
    return args
