"""Every Redis key of the product, one function each. docs/redis-keys.md describes their contents.

Keys that one script touches share a hash tag, the part in braces.
"""

from __future__ import annotations

WINDOWS = "sb:{*/*/*}:*"  # the pattern of the keys of all windows: no other key has a tag with two slashes


def window(path: str) -> str:
    """The hash tag of one board window, by its path: `board/period/region`, the region "" for all."""
    return f"{{{path}}}"


def order(tag: str) -> str:
    """Sorted set of a window: every standing's order key and player, all with score 0."""
    return f"sb:{tag}:order"


def members(tag: str) -> str:
    """Hash of a window: player → version and order key."""
    return f"sb:{tag}:members"


def tiers(tag: str) -> str:
    """Sorted set of a dense window: each distinct score (with its columns) once."""
    return f"sb:{tag}:tiers"


def tier_sizes(tag: str) -> str:
    """Hash of a dense window: tier → the number of players with it."""
    return f"sb:{tag}:tier-sizes"


def metadata(tag: str) -> str:
    """Hash of a window: player → JSON metadata, for players that have any."""
    return f"sb:{tag}:metadata"


def state(tag: str) -> str:
    """Hash of a window: its layout, the newest fact in it, and the sizes of its other keys."""
    return f"sb:{tag}:state"


def building(key: str) -> str:
    """The temporary key under which a key is rebuilt, before it is renamed."""
    return f"{key}:building"


def run() -> str:
    """The name of the run of this Redis server: `scoreboard/core/storage/runid.py`."""
    return "sb:run"


def probe() -> str:
    """Written to test whether Redis accepts writes."""
    return "sb:probe"


def names() -> str:
    """Hash: player → the fact that named the player, and the display name, for players that have one."""
    return "sb:{names}"


def renames() -> str:
    """The newest fact that changed a display name, and the number of names; absent while some are missing."""
    return "sb:{names}:version"


def catalogue_version() -> str:
    """Version of the board definitions: the newest fact that changed one."""
    return "sb:catalogue:version"


def applied(shard: int) -> str:
    """Hash of a shard: the fact up to which the boards in Redis hold all facts, and islands beyond."""
    return f"sb:{{applied-{shard}}}"


def wake() -> str:
    """List that wakes the worker's followers. Carries no truth."""
    return "sb:wake"


def dirty() -> str:
    """Set of stream scopes that changed since they were last published."""
    return "sb:{stream}:dirty"


def dirty_wake() -> str:
    """List that wakes the publisher. Carries no truth."""
    return "sb:{stream}:wake"


def frames() -> str:
    """Redis stream of published frames; its ids are our cursors."""
    return "sb:{stream}:frames"


def head() -> str:
    """Hash: epoch and sequence number of the newest frame."""
    return "sb:{stream}:head"


def shown() -> str:
    """Hash: stream scope → the list as it was last published."""
    return "sb:{stream}:shown"


def lease() -> str:
    """The process that publishes now."""
    return "sb:{stream}:lease"


def signals() -> str:
    """Redis stream of signals to every web process: streams to end, and private frames to send."""
    return "sb:{stream}:signals"


def processes() -> str:
    """Hash: number of a web process → its report, as JSON."""
    return "sb:{stream}:processes"


def process_numbers() -> str:
    """Hash: number → the web process that holds it, and when it last said so."""
    return "sb:{stream}:process-numbers"


def limit(counter: str) -> str:
    """String: the uses of a limit by one caller or address in the current window of time."""
    return f"sb:{{limit}}:{counter}"
