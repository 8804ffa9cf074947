"""Builds the health checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from scoreboard.base import Base
from scoreboard.boards.build import BoardsParts
from scoreboard.core.storage.redis import probe
from scoreboard.journal.followers import Followers
from scoreboard.journal.probe import WriteProbe
from scoreboard.journal.service import Journal
from scoreboard.journal.writer import Writer
from scoreboard.ops.service import Health


def build(
    base: Base,
    *,
    journal: Journal,
    writer: Writer,
    boards: BoardsParts,
    followers: Followers,
    prepared: Callable[[], bool],
) -> Health:
    """Build the health checks. `journal` must have the short time-outs of requests."""
    # The worker's follower may wait long for Redis. Requests may not: they get the view with short time-outs.
    impatient = replace(boards.follower, view=boards.projector.view)
    with_short_timeouts = [impatient if one is boards.follower else one for one in followers.followers]
    followers = Followers(journals=[journal], followers=with_short_timeouts)
    return Health(
        database=base.database,
        writable=WriteProbe(database=base.database, fault=lambda: writer.fault).check,
        ping=base.redis.ping,
        probe=partial(probe, base.redis),
        breaker=base.breaker,
        evicting=lambda: bool(base.eviction.policy),
        lags={name: partial(followers.lag, name) for name in followers.names},
        prepared=prepared,
    )
