"""Types of the journal: a fact, how it is folded, and what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from scoreboard.core.errors import Conflict, ScoreboardError
from scoreboard.core.storage.db import Connection

SEVERAL = "*"  # the board of a fact that feeds more than one
PLAYER_MERGED = "player-merged"  # the kind of a fact by which all that was a guest's is an account's
BEGINNING = "0-"  # the mark of an empty journal
FIRST_SHARD = 0  # of a deployment; today it is the only one
SEQ_BITS = 35  # of a position's number: room for 34 thousand million facts of each of 1024 shards


class Position(msgspec.Struct, frozen=True, order=True, gc=False):
    """The place of a fact: its shard, and its number in the journal of that shard.

    Inside a shard's database, and in a transaction on it, the number alone names a fact. Everywhere else a
    position does. Positions of one shard are in the order of its commits.
    """

    shard: int
    seq: int

    def __str__(self) -> str:
        return f"{self.shard}-{self.seq}"

    @property
    def number(self) -> int:
        """The position as one whole number, which orders by shard, then by `seq`. In shard 0 it is `seq`."""
        return (self.shard << SEQ_BITS) + self.seq


def mark(seq: int, at: int, id: str, digest: str) -> str:
    """What distinguishes a fact from all others, also from the fact of the same number in another journal.

    After a backup was restored, numbers are assigned a second time. Two journals that share a fact share all
    facts before it: a fact is recorded once, and its mark holds the time.
    """
    named = blake2b(f"{seq}\n{id}\n{digest}".encode(), digest_size=8).hexdigest()
    return f"{at}-{named}"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened, as its author hands it in.

    `id` is the author's idempotency key: a fact is recorded once per id. `digest` is made of the whole
    request: the same id with another digest is a mistake, not a retry. `private` is for the fold only: it
    is never written to the journal, which is never deleted.
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


def fact_id(kind: str, name: str, context: Mapping[str, str], key: str | None) -> str:
    """The id of a fact about something that has a name. `key` is the request's idempotency key."""
    # Sent again with its key it is the same fact: it must not delete what was created in between.
    if key is not None:
        return f"{kind}:{context.get('caller', '')}:{name}:{key}"
    return f"{kind}:{name}:{secrets.token_hex(12)}"


def deleted_since(what: str) -> Conflict:
    """Refuses a definition that is sent again after what it defined was deleted."""
    return Conflict(
        f"This Idempotency-Key defined {what}, which was deleted since. Send it with another key.",
        code="deleted_since",
    )


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the journal: a fact with its place, its time and the result that it got."""

    position: Position
    at: int  # milliseconds since 1970, never falling while hosts' clocks agree to a minute
    fact: Fact
    result: dict[str, Any]

    @property
    def seq(self) -> int:
        """Its number in the journal of its shard."""
        return self.position.seq

    @property
    def mark(self) -> str:
        """What distinguishes this fact from all others."""
        return mark(self.seq, self.at, self.fact.id, self.fact.digest)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that one commit wrote to a shard, `first` to `last`; none where `last` is smaller."""

    shard: int
    first: int
    last: int
    before: int  # when the fact before them was recorded
    mark: str  # of the last one

    @property
    def facts(self) -> int:
        """How many there are."""
        return self.last - self.first + 1


class Outcome(msgspec.Struct, kw_only=True, gc=False):
    """What became of a fact. Exactly one of `recorded` and `error` is set."""

    recorded: Recorded | None = None
    error: ScoreboardError | None = None
    replayed: bool = False
    shown: Any = None  # what the batch's `project` returned, None where it failed


class FoldBatch(Protocol):
    """Facts that are folded into a feature's tables, inside the writer's transaction."""

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Fold a fact. Returns its result. Raises a ScoreboardError, before its first write, to refuse it."""

    def replay(self, recorded: Recorded) -> None:
        """A fact of the batch was recorded earlier: have its views shown again, and change no table."""

    def finish(self) -> None:
        """Write what the batch changed."""

    def project(self, span: Span) -> Any:
        """After the commit of these facts: show them in the views. Returns what is shown now, or None."""


Announce = Callable[[Span], None]  # is told the facts of a commit that change no board


class Fold(Protocol):
    """How facts of some kinds change the tables of a feature."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of facts that it folds."""

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> FoldBatch:
        """Open a batch: load what folding `facts` needs. All are of one kind. The write lock is held."""


class Follower(Protocol):
    """Keeps a view of the journal up to date in the background, and can build it again.

    It gets the facts of each shard in order. The framework notes how far it came; a follower stores no
    position, and does not know how many shards there are.
    """

    @property
    def name(self) -> str:
        """Its name, which is also its queue's."""

    def resume(self, shard: int, noted: Position | None) -> Position | None:
        """After which fact of a shard to go on; None where the view has to be restored first.

        `noted` is how far the framework brought it; None where it never did. A view that is backed up with
        the journal returns that. A view outside the journal's database returns what it proves to hold: it
        may have been lost, or be newer than a journal that was restored from a backup.
        """

    def restore(self, shard: int) -> Position:
        """Mend the view, or build it again. Returns up to which fact of the shard it holds everything."""

    def follow(self, facts: Sequence[Recorded]) -> None:
        """Take in facts of one shard, in order. The same facts again change nothing."""

    def tend(self) -> None:
        """Look after the view, with or without new facts."""
