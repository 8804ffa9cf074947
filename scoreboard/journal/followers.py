"""The framework of followers: it brings each view up to date with the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoreboard.journal.positions import FollowerPositions
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Follower

PAGE = 500  # facts that a follower takes in at once


@dataclass(frozen=True, kw_only=True)
class Followers:
    """All followers of this deployment, and the journals of all shards that they follow."""

    journals: Sequence[Journal]
    followers: Sequence[Follower]
    monotonic: Callable[[], float] = time.monotonic

    @property
    def names(self) -> list[str]:
        """The followers' names. Each is also the name of the follower's job queue."""
        return [follower.name for follower in self.followers]

    def follower(self, name: str) -> Follower:
        """The follower of this name."""
        return next(follower for follower in self.followers if follower.name == name)

    def catch_up(self, name: str, *, seconds: float = 30) -> int:
        """Bring a view up to the journal's head, or as far as `seconds` allow.

        Returns the number of facts that it took in. Running it twice, or twice at once, does no harm.
        """
        follower, until = self.follower(name), self.monotonic() + seconds
        count = sum(self._follow(follower, journal, until) for journal in self.journals)
        follower.maintain()
        return count

    def lag(self, name: str) -> int | None:
        """The number of facts that a view is behind; None if it has to be restored."""
        follower, behind = self.follower(name), 0
        for journal in self.journals:
            position = follower.resume(journal.shard, _positions(journal).get(name, journal.shard))
            if position is None:
                return None
            behind += max(0, journal.head().seq - position.seq)
        return behind

    def _follow(self, follower: Follower, journal: Journal, until: float) -> int:
        positions = _positions(journal)
        start = follower.resume(journal.shard, positions.get(follower.name, journal.shard))
        position = follower.restore(journal.shard) if start is None else start
        count = 0
        while self.monotonic() < until and (facts := journal.after(position, PAGE)):
            follower.follow(facts)
            position = facts[-1].position
            count += len(facts)
        # Storing the position is a commit, so it is done once for all pages, and only if it changed.
        # After a crash the follower gets some facts again.
        if position != start:
            positions.store(follower.name, position)
        return count


def _positions(journal: Journal) -> FollowerPositions:
    return FollowerPositions(journal.database)
