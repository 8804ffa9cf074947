"""Purging guests that never scored and were not used for a long time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoreboard.accounts.store.guests import IdleGuest, StoredGuests
from scoreboard.core.clock import Clock
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Fact, Position
from scoreboard.journal.writer import Writer

DAY_MS = 86_400_000
PAGE = 500  # guests that one fact purges; other writes wait for some milliseconds
WRITE_SECONDS = 30.0  # to wait for the writer; no request waits for a purge
SECONDS = 20.0  # of one run: other jobs of the worker wait for it. The next hour's run purges the rest


@dataclass(frozen=True, kw_only=True)
class Guests:
    """Purges guests without scores whose sessions are over or idle: they have no password to sign in with."""

    stored: StoredGuests
    find_ranked: Callable[[Sequence[str], int], set[str]]  # those of these players who scored since a time
    journal: Journal
    writer: Writer
    clock: Clock
    days: int  # 0 keeps them all
    monotonic: Callable[[], float] = time.monotonic

    def purge(self, *, seconds: float = SECONDS) -> int:
        """Delete guests without scores that were not used for `days`, as far as `seconds` allow.

        Returns the number of deleted guests. Running it twice, or twice at once, deletes no others.
        """
        if not self.days:
            return 0
        purged, until = 0, self.monotonic() + seconds
        before, last = self.clock() - self.days * DAY_MS, IdleGuest(player="", created_at=0)
        while self.monotonic() < until:
            # Read before the guests: under the write lock, the fold looks at facts that come after this one.
            head = self.journal.head()
            page = self.stored.find_idle(before, last, PAGE)
            if not page:
                break
            purged += self._purge(page, head, before)
            last = page[-1]
        return purged

    def _purge(self, page: Sequence[IdleGuest], head: Position, before: int) -> int:
        players = [guest.player for guest in page]
        # A day earlier than the oldest guest: a host's clock may have been wrong.
        ranked = self.find_ranked(players, page[0].created_at - DAY_MS)
        if ranked:
            self.stored.mark_ranked(ranked)
        unranked = [player for player in players if player not in ranked]
        if not unranked:
            return 0
        fact = Fact(
            id=f"guests-purged:{secrets.token_hex(12)}",
            kind="guests-purged",
            data={"before": before},
            private={"players": unranked, "head": head},
        )
        (outcome,) = self.writer.append([fact], seconds=WRITE_SECONDS)
        return len(outcome.recorded.result["players"]) if outcome.recorded else 0
