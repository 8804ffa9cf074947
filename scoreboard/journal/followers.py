"""The framework of followers: it brings each view up to the journal, however far behind it is."""

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
    """All followers of this deployment, by name, and the journals of all shards that they follow."""

    journals: Sequence[Journal]
    followers: Sequence[Follower]
    monotonic: Callable[[], float] = time.monotonic

    @property
    def names(self) -> list[str]:
        """The followers' names; each has a queue of that name in the worker."""
        return [follower.name for follower in self.followers]

    def named(self, name: str) -> Follower:
        """The follower of a name."""
        return next(follower for follower in self.followers if follower.name == name)

    def catch_up(self, name: str, *, seconds: float = 30) -> int:
        """Bring a view up to the journal's head, or as far as `seconds` allow.

        Returns how many facts it took in. Running it twice, or twice at once, changes nothing.
        """
        follower, until = self.named(name), self.monotonic() + seconds
        taken = sum(self._follow(follower, journal, until) for journal in self.journals)
        follower.tend()
        return taken

    def lag(self, name: str) -> int | None:
        """How many facts a view is behind; None where it has to be restored."""
        follower, behind = self.named(name), 0
        for journal in self.journals:
            position = follower.resume(journal.shard, _positions(journal).get(name, journal.shard))
            if position is None:
                return None
            behind += max(0, journal.head().seq - position.seq)
        return behind

    def _follow(self, follower: Follower, journal: Journal, until: float) -> int:
        positions = _positions(journal)
        begun = follower.resume(journal.shard, positions.get(follower.name, journal.shard))
        position = follower.restore(journal.shard) if begun is None else begun
        taken = 0
        while self.monotonic() < until and (facts := journal.after(position, PAGE)):
            follower.follow(facts)
            position = facts[-1].position
            taken += len(facts)
        # Noting is a commit, so there is one for all pages, and none where nothing changed. After a crash
        # some facts come again.
        if position != begun:
            positions.note(follower.name, position)
        return taken


def _positions(journal: Journal) -> FollowerPositions:
    return FollowerPositions(journal.database)
