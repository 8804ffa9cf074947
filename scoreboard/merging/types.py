"""Types of merging."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from scoreboard.accounts.types import Revocation
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position, Span

Revocations = Mapping[str, Revocation]


class MergeStep(Protocol):
    """The part of one feature in a merge, inside the writer's transaction."""

    def check(self, db: Connection, fact: Fact, position: Position, at: int) -> Callable[[], Any]:
        """Check the merge, and write nothing yet. Returns a function that writes this feature's changes.

        Raises a ScoreboardError if the merge breaks a rule.
        """


class BoardStep(MergeStep, Protocol):
    """The step that moves standings, and projects the boards after the commit."""

    def project(self, changes: Sequence[Any], guests: Sequence[str], span: Span) -> None:
        """Write the changes to the views, after the commit of the facts of `span`."""
