"""Refusals that say something about a player: recorded for those who look for cheaters, once a token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scoreboard.core.db import Connection
from scoreboard.journal.types import Fact, Recorded


@dataclass(frozen=True, kw_only=True)
class RefusedFold:
    """Facts of the kind "action-refused". They change no table, so the fold is its own folding."""

    announce: Callable[[int, int], None]
    kinds: frozenset[str] = frozenset({"action-refused"})

    def begin(self, db: Connection, facts: Sequence[Fact], at: int) -> RefusedFold:
        """Nothing to load."""
        return self

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """Nothing changes."""
        return {}

    def again(self, recorded: Recorded) -> None:
        """Nothing is shown."""

    def finish(self) -> None:
        """Nothing to write."""

    def publish(self, first: int, last: int) -> None:
        """No board changes by these facts."""
        self.announce(first, last)
