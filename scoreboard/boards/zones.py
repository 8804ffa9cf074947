"""Time zones by name. Boards may use those of the IANA list, which are the same on every machine. Pure."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PLACEHOLDER = "Factory"  # in the list it stands for "no zone was chosen"


def is_listed(name: str) -> bool:
    """True if a name is in the IANA list.

    The zone files of a machine have more names: `localtime` differs from host to host, `right/…` counts leap
    seconds.
    """
    return name in _names()


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name.

    Boards of earlier releases may have a zone that is not in the list. If this machine does not have it, the
    name is tried without `right/` or `posix/`, and otherwise the zone is UTC.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        bare = name.removeprefix("right/").removeprefix("posix/")
        return ZoneInfo(bare if is_listed(bare) else "UTC")


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(names) - {PLACEHOLDER}
