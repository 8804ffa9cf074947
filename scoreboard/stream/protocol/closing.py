"""The bye frames that end streams: codes, and pauses before reconnecting. Pure except for randomness."""

from __future__ import annotations

import random

from scoreboard.stream.protocol import frames
from scoreboard.stream.protocol.types import Frame

# Ranges in milliseconds, from which the pause before reconnecting is drawn.
# Only a drain ends many streams at a time, so only its range (SOON) has to spread the reconnects.
AT_ONCE, SOON, LATER = (100, 500), (200, 2000), (15_000, 30_000)

# By reason: the code, and the pause before reconnecting; None if the client must not reconnect.
CODES: dict[str, tuple[int, tuple[int, int] | None]] = {
    "drain": (101, SOON),
    "max_age": (102, AT_ONCE),
    "rebalance": (103, AT_ONCE),
    "capacity": (201, LATER),
    "ip_limit": (202, LATER),
    "player_limit": (202, LATER),
    "rate": (203, LATER),
    "unavailable": (204, LATER),
    "auth_expired": (301, AT_ONCE),  # with a new ticket
    "forbidden": (401, None),
    "kicked": (402, None),
    "board_gone": (404, None),
}
DRAINED_A_SECOND, SHORTEST_DRAIN, LONGEST_DRAIN = 300, 1.0, 10.0  # streams; seconds; seconds


def frame(why: str) -> Frame:
    """The bye frame of a stream that ends for this reason."""
    code, pause = CODES[why]
    retry_ms = random.randrange(*pause) if pause else 0
    return frames.bye(code=code, again=pause is not None, retry_ms=retry_ms, why=why)


def too_often(seconds: int) -> Frame:
    """The bye frame for a client that opened streams too often. It may open another one after `seconds`."""
    retry_ms = max(LATER[0], 1000 * seconds) + random.randrange(LATER[0])
    return frames.bye(code=203, again=True, retry_ms=retry_ms, why="rate")


def drain_seconds(viewers: int) -> float:
    """The seconds over which a drain ends the streams, so that not all viewers reconnect at once."""
    if not viewers:
        return 0.0
    return min(LONGEST_DRAIN, max(SHORTEST_DRAIN, viewers / DRAINED_A_SECOND))
