"""Followers: each keeps one view of the journal, from its own position, as far behind as it must be."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoreboard.journal.service import Journal
from scoreboard.journal.types import Follower

PAGE = 500  # facts that a follower takes in at once


@dataclass(frozen=True, kw_only=True)
class Followers:
    """All followers of this deployment, by name."""

    journal: Journal
    followers: Sequence[Follower]
    monotonic: Callable[[], float] = time.monotonic

    @property
    def names(self) -> list[str]:
        """The followers' names; each has a queue of that name in the worker."""
        return [follower.name for follower in self.followers]

    def catch_up(self, name: str, *, seconds: float = 30) -> int:
        """Bring a view up to the journal's head, or as far as `seconds` allow.

        Returns how many facts it took in. Running it twice, or twice at once, changes nothing.
        """
        follower = self._named(name)
        position = follower.position()
        if position is None or not follower.is_current():
            follower.restore()
            position = follower.position() or 0
        taken, until = 0, self.monotonic() + seconds
        while self.monotonic() < until:
            facts = self.journal.after(position, PAGE)
            if not facts:
                break
            follower.follow(facts)
            position = facts[-1].seq
            taken += len(facts)
        follower.tend()
        return taken

    def lag(self, name: str) -> int | None:
        """How many facts a view is behind the journal; None where there is none yet, or it is unsound."""
        follower = self._named(name)
        position = follower.position()
        if position is None or not follower.is_current():
            return None
        return max(0, self.journal.head() - position)

    def _named(self, name: str) -> Follower:
        return next(follower for follower in self.followers if follower.name == name)
