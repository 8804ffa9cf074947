"""The words of merging."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from scoreboard.accounts.types import Revocation
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Span

Revoked = Mapping[str, Revocation]


class Part(Protocol):
    """What one feature does where a guest is merged, inside the writer's transaction."""

    def check(self, db: Connection, fact: Fact, seq: int, at: int) -> Callable[[], Any]:
        """What writes it. Raises a ScoreboardError where the merge breaks a rule; nothing is written then."""


class Shows(Part, Protocol):
    """The part that moves standings, and shows them."""

    def project(self, changes: Sequence[Any], guests: Sequence[str], span: Span) -> None:
        """After the commit of the facts of `span`: show what changed."""
