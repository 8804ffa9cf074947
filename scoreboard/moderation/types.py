"""Types of moderation: authors, selections of entries, and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from msgspec import Struct

from scoreboard.accounts.types import Account, PlayerState
from scoreboard.boards.types import EntryState, Outlook
from scoreboard.journal.types import Fact, RecordedFact

EntryAction = Literal["hold", "release", "reverse", "restore"]
PlayerAction = Literal["suspend", "reinstate", "hide", "show", "disable-scoring", "enable-scoring"]
Action = EntryAction | PlayerAction
Status = Literal["running", "done", "undoing", "undone", "expired"]
Reason = Literal[
    "implausible_score",
    "exploit",
    "automation",
    "shared_account",
    "wrong_data",
    "offensive_name",
    "report",
    "verification_failed",
    "appeal",
    "other",
]

# The fact kinds of decisions about entries.
DECIDED = "entries-decided"
UNDONE = "entries-undone"
JOB_BEGUN = "job-begun"
JOB_ENDED = "job-ended"
# Those about players.
PLAYER_DECIDED = "player-decided"
PLAYER_UNDONE = "player-undone"
PLAYER_LISTED = "player-listed"


class Author(Struct, frozen=True, kw_only=True):
    """The author of a decision."""

    id: str  # a player's id, "key:<id>", "operator", "policy:<board>", "verifier:<name>" or "server"
    role: Literal["moderator", "admin", "server"]


class Reasoning(Struct, frozen=True, kw_only=True):
    """The reason of a decision: its code, and a note for moderators."""

    reason: Reason = "other"
    note: str = ""


class EntryFilter(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Selects entries. Conditions that are left out select all."""

    player: str = ""
    board: str = ""
    action_type: str = ""
    state: EntryState | None = None
    from_: int | None = None  # milliseconds since 1970
    to: int | None = None


Selection = Sequence[int] | EntryFilter  # numbers of facts, or a filter


class Layer(Struct, frozen=True, kw_only=True):
    """An action upon an entry, as one decision of several."""

    decided: int  # the fact's number
    decision: str
    action: EntryAction


class Entry(Struct, frozen=True, kw_only=True):
    """An entry with its state, and the decision that led to it."""

    line: RecordedFact
    state: EntryState
    newest: Layer | None


class ModeratedPlayer(Struct, frozen=True, kw_only=True):
    """A player with their restrictions."""

    state: PlayerState
    name: str
    account: Account | None


class Decision(Struct, frozen=True, kw_only=True):
    """A decision, as the table holds it."""

    id: str
    seq: int  # of its first fact
    at: int
    author: str
    author_role: str
    action: Action
    reason: str
    note: str = ""
    player: str = ""
    until: int | None = None
    hide: bool | None = None
    filter: str = ""  # JSON; "" if entries were named
    up_to: int = 0  # a job takes entries up to this fact
    position: int = 0  # the last entry that a job took
    total: int = 0  # entries
    done: int = 0
    status: Status = "done"
    ended_at: int | None = None
    ended_by: str = ""

    @classmethod
    def of(cls, fact: Fact, seq: int, at: int, **more: Any) -> Self:
        """The decision that a fact makes. `more` has the fields that only some decisions have."""
        data = fact.data
        return cls(
            id=data["decision"],
            seq=seq,
            at=at,
            author=data["author"],
            author_role=data["role"],
            action=data["action"],
            reason=data["reason"],
            note=data["note"],
            **more,
        )


class Decided(Struct, frozen=True, kw_only=True):
    """The outcome of a decision, or the outlook on one: then `decision` is None."""

    decision: Decision | None
    entries: int
    outlook: Outlook


class Unfinished(Struct, frozen=True, kw_only=True):
    """A decision that the worker carries out."""

    decision: Decision
