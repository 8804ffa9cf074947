"""Time zones: those of the IANA list, which are the same on every machine. Pure."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PLACEHOLDER = "Factory"  # is in the list, and means that no zone was chosen


def listed(name: str) -> bool:
    """Whether a name is in the IANA list.

    A machine's zone files include more: `localtime` differs on each host, `right/…` counts leap seconds.
    """
    return name in _names()


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name.

    Boards of earlier versions may have one that is not in the list. If this machine lacks it, the
    zone that its name ends with is used, or UTC.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        bare = name.removeprefix("right/").removeprefix("posix/")
        return ZoneInfo(bare if listed(bare) else "UTC")


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(names) - {PLACEHOLDER}
