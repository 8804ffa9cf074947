"""The words of the journal: a fact, how it is folded, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from scoreboard.core.errors import ScoreboardError
from scoreboard.core.storage.db import Connection

SEVERAL = "*"  # the board of a fact that feeds more than one
PLAYER_MERGED = "player-merged"  # the kind of a fact by which all that was a guest's is an account's
BEGINNING = "0-"  # the mark of no fact at all


def mark(seq: int, at: int, id: str, digest: str) -> str:
    """What tells a fact from every other, also from one of the same number in another journal.

    After a backup was restored, numbers are given out a second time. Where two journals have the same
    fact, they have the same facts before it: a fact is recorded once, at a time of its own.
    """
    named = blake2b(f"{seq}\n{id}\n{digest}".encode(), digest_size=8).hexdigest()
    return f"{at}-{named}"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened, as its author hands it in.

    `id` is the author's idempotency key: a fact is recorded once per id. `digest` stands for
    everything that was asked: the same id with another digest is a mistake, not a retry.
    `private` is for the fold only: it is never written to the journal, which keeps what it has.
    """

    id: str
    kind: str
    player: str = ""
    board: str = ""
    action: str = ""
    amount: int = 0
    columns: dict[str, int] = {}
    data: dict[str, Any] = {}
    context: dict[str, str] = {}
    digest: str = ""
    private: dict[str, Any] = {}


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the journal: the fact, its place in the order, and the answer that it got."""

    seq: int
    at: int  # milliseconds since 1970, never falling while hosts' clocks agree to a minute
    fact: Fact
    result: dict[str, Any]

    @property
    def mark(self) -> str:
        """What tells this fact from every other."""
        return mark(self.seq, self.at, self.fact.id, self.fact.digest)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that one commit wrote, `first` to `last`; none where `last` is smaller."""

    first: int
    last: int
    before: int  # when the fact before them was recorded
    mark: str  # of the last one

    @property
    def facts(self) -> int:
        """How many there are."""
        return self.last - self.first + 1


class Outcome(msgspec.Struct, kw_only=True, gc=False):
    """What became of a fact that was handed in. Exactly one of `recorded` and `error` is set."""

    recorded: Recorded | None = None
    error: ScoreboardError | None = None
    replayed: bool = False
    shown: Any = None  # what the fold's view showed after the commit, None where it could not


class FoldBatch(Protocol):
    """One batch being folded into a feature's tables, inside the writer's transaction."""

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """The fact's result. Raises a ScoreboardError where it breaks a rule; nothing is kept then."""

    def replay(self, recorded: Recorded) -> None:
        """A fact of the batch was recorded earlier: show its views once more, change nothing."""

    def finish(self) -> None:
        """Write what the batch changed."""

    def project(self, span: Span) -> Any:
        """After the commit of these facts: show it. Returns what is now shown, or None."""


Announce = Callable[[Span], None]  # told of committed facts that change no board


class Fold(Protocol):
    """A feature's part in the writer: how facts of its kinds change its tables."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of facts that it folds."""

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> FoldBatch:
        """Load what folding `facts` needs. All of them are of one kind. The write lock is held."""


class Follower(Protocol):
    """A view of the journal that is kept up in the background, and can be rebuilt from nothing."""

    @property
    def name(self) -> str:
        """Its name, which is also its queue's."""

    def position(self) -> int | None:
        """The newest fact that the view holds, with all before it; None where there is no view."""

    def is_current(self) -> bool:
        """Whether the newest fact that the view holds is the journal's fact of that number.

        It is another one after a backup of the journal was restored beside a view that is newer.
        """

    def restore(self) -> None:
        """Build the view again from the tables, so that it has a position and is sound."""

    def follow(self, facts: Sequence[Recorded]) -> None:
        """Take in facts, in order. The same facts again change nothing."""

    def tend(self) -> None:
        """Look after the view, with or without new facts."""
