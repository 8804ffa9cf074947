"""Folds that are a function: they load nothing, write each fact when it is applied, and show nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Announce, Fact, FoldBatch, Position, RecordedFact, Span

Apply = Callable[[Connection, Fact, Position, int], dict[str, Any]]


class SimpleFold:
    """A fold of facts that change tables, but no view.

    `apply(db, fact, position, at)` writes one fact inside the writer's transaction and returns its result. It
    raises a ScoreboardError, before its first write, if the fact breaks a rule. `announce` is called with the
    span of facts after their commit. `audited` has the keys of `Fact.data` that the audit log shows.
    """

    def __init__(
        self, kinds: Collection[str], *, apply: Apply, announce: Announce, audited: Collection[str] = ()
    ) -> None:
        self.kinds = frozenset(kinds)
        self.audited = frozenset(audited)
        self.apply = apply
        self.announce = announce

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> FoldBatch:
        """Open a batch that applies facts with `apply`."""
        return _ApplyingBatch(self, db, at)


class SimpleBatch:
    """The default for batches that change no view and write each fact when it is applied."""

    def replay(self, recorded: RecordedFact) -> None:
        """Show nothing: the fact changed no view, or a follower updates it."""

    def finish(self) -> None:
        """Write nothing: every fact was written when it was applied."""


class _ApplyingBatch(SimpleBatch):
    def __init__(self, fold: SimpleFold, db: Connection, at: int) -> None:
        self._fold, self._db, self._at = fold, db, at

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        return self._fold.apply(self._db, fact, position, self._at)

    def project(self, span: Span) -> None:
        self._fold.announce(span)
