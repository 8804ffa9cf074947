"""Types of the journal: facts, their outcomes, and the interfaces of folds and followers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from scoreboard.core.errors import Conflict, ScoreboardError
from scoreboard.core.storage.db import Connection

SEVERAL_BOARDS = "*"  # the value of `Fact.board` if a fact changes more than one board
PLAYER_MERGED = "player-merged"  # the fact kind that makes a guest part of an account
EMPTY_JOURNAL_MARK = "0-"
FIRST_SHARD = 0  # today a deployment has no other
SEQ_BITS = 35  # bits of `Position.number` for `seq`: 34 billion facts in each of 1024 shards


class Position(msgspec.Struct, frozen=True, order=True, gc=False):
    """The position of a fact: its shard, and its number in the journal of that shard.

    Inside a shard's database, and in a transaction on it, the number alone identifies a fact. Everywhere else
    it takes a position. Positions of one shard are in the order of its commits.
    """

    shard: int
    seq: int

    def __str__(self) -> str:
        return f"{self.shard}-{self.seq}"

    @property
    def number(self) -> int:
        """The position as one whole number, ordered by shard, then by `seq`. In shard 0 it equals `seq`."""
        return (self.shard << SEQ_BITS) + self.seq


def mark(seq: int, at: int, id: str, digest: str) -> str:
    """A text that identifies a fact, even among facts with the same number in different journals.

    Restoring a backup makes another journal: it assigns numbers a second time. Two journals that share a fact
    share all facts before it, because a fact is recorded once and its mark contains the time.
    """
    name = blake2b(f"{seq}\n{id}\n{digest}".encode(), digest_size=8).hexdigest()
    return f"{at}-{name}"


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened, as it is submitted to the journal.

    `id` makes submitting idempotent: a fact is recorded once per id. `digest` is computed from the whole
    request: the same id with another digest is a mistake, not a retry. `private` has data for the fold only:
    it is not written to the journal, because the journal is never deleted.
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
    # A request sent again with the same key is the same fact: a second delete must not delete a board
    # that was created in between. Without a key every request is a fact of its own.
    if key is not None:
        return f"{kind}:{context.get('caller', '')}:{name}:{key}"
    return f"{kind}:{name}:{secrets.token_hex(12)}"


def deleted_since(subject: str) -> Conflict:
    """The error for a definition that is sent again after `subject` (a board or action type) was deleted."""
    return Conflict(
        f"This Idempotency-Key defined {subject}, which has since been deleted. Send it with another key.",
        code="deleted_since",
    )


class RecordedFact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the journal: a fact with its position, its time and its result."""

    position: Position
    at: int  # milliseconds since 1970; never decreases while the hosts' clocks agree to within a minute
    fact: Fact
    result: dict[str, Any]

    @property
    def seq(self) -> int:
        """The fact's number in the journal of its shard."""
        return self.position.seq

    @property
    def mark(self) -> str:
        """A text that identifies the fact, see `mark`."""
        return mark(self.seq, self.at, self.fact.id, self.fact.digest)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that one commit wrote to a shard, `first` to `last`; none if `last` is below `first`."""

    shard: int
    first: int
    last: int
    before: int  # the time at which the fact before `first` was recorded
    mark: str  # of `last`

    @property
    def facts(self) -> int:
        """The number of facts in the span."""
        return self.last - self.first + 1


class Outcome(msgspec.Struct, kw_only=True, gc=False):
    """The result of submitting a fact. Exactly one of `recorded` and `error` is set."""

    recorded: RecordedFact | None = None
    error: ScoreboardError | None = None
    replayed: bool = False  # True if the fact had been recorded earlier
    shown: Any = None  # the return value of the batch's `project`; None if that failed


class FoldBatch(Protocol):
    """Folds the facts of one batch into a feature's tables, inside the writer's transaction."""

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Fold a fact. Returns its result. Raises a ScoreboardError, before its first write, to refuse it."""

    def replay(self, recorded: RecordedFact) -> None:
        """Take in a fact that was recorded earlier: `project` shows it again, and no table changes."""

    def finish(self) -> None:
        """Write the changes of the batch to the tables."""

    def project(self, span: Span) -> Any:
        """Write the changes of the batch to the views, after the commit. Returns the new state, or None."""


Announce = Callable[[Span], None]  # called after a commit with its facts, if they change no board


class Fold(Protocol):
    """The function from facts of some kinds to changes of a feature's tables."""

    @property
    def kinds(self) -> frozenset[str]:
        """The fact kinds that this folds."""

    @property
    def audited(self) -> frozenset[str]:
        """The parts of these facts that the audit log shows: keys of `data`, and `amount` or `columns`.

        No secrets, and of players only their ids. Everything that is not named here is left out.
        """

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> FoldBatch:
        """Open a batch: load the rows that folding `facts` needs. The facts are all of one kind.

        The caller holds the write lock.
        """


class Follower(Protocol):
    """Keeps a view of the journal up to date in the background, and can build it again.

    It gets the facts of each shard in order. The framework stores the follower's position in each shard; the
    follower itself stores none, and does not know how many shards there are.
    """

    @property
    def name(self) -> str:
        """The follower's name, which is also the name of its job queue."""

    def resume(self, shard: int, stored: Position | None) -> Position | None:
        """The position in a shard after which to continue; None if the view has to be restored first.

        `stored` is the position that the framework has stored; None if there is none. A view that is backed
        up with the journal returns it. A view outside the journal's database returns the position of its
        view proof: the view may have been lost, or be newer than a journal restored from a backup.
        """

    def restore(self, shard: int) -> Position:
        """Repair the view, or build it again. Returns the position up to which it then holds all facts."""

    def follow(self, facts: Sequence[RecordedFact]) -> None:
        """Take in facts of one shard, in order. Taking in the same facts again changes nothing."""

    def maintain(self) -> None:
        """Repair faults that following facts does not repair, such as a missing part of the view.

        Called at the end of each catch-up, with or without new facts.
        """
