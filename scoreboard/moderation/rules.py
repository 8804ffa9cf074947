"""The rules of decisions: the states of entries by the decisions in force, and the refusals. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from scoreboard.boards.types import EntryState
from scoreboard.core.errors import Conflict, Forbidden, NotFound
from scoreboard.moderation.types import EntryAction

MAX_ENTRIES = 1000  # of one fact
TRANSITIONS: dict[tuple[EntryAction, EntryState], EntryState] = {
    ("hold", "counted"): "held",
    ("release", "held"): "counted",
    ("reverse", "counted"): "reversed",
    ("reverse", "held"): "reversed",
    ("restore", "reversed"): "counted",
}


def state_after(recorded: EntryState, actions: Iterable[EntryAction]) -> EntryState:
    """The state of an entry that was recorded with one state, after actions in their order."""
    state = recorded
    for action in actions:
        state = TRANSITIONS.get((action, state), state)
    return state


def nothing_to_decide() -> Conflict:
    """The refusal of a decision that changes nothing: another moderator may have been faster."""
    return Conflict("All that was named is in that state already.", code="nothing_to_decide")


def already_undone() -> Conflict:
    """The refusal to undo a decision twice."""
    return Conflict("This decision is not in force any more.", code="already_undone")


def decision_running() -> Conflict:
    """The refusal to undo a decision that is still carried out."""
    return Conflict(
        "This decision is still being carried out. Undo it when it is done.", code="decision_running"
    )


def decision_not_found(id: str) -> NotFound:
    """The refusal for a decision that does not exist."""
    return NotFound(f"There is no decision {id[:64]!r}.", code="decision_not_found")


def entry_not_found(id: str) -> NotFound:
    """The refusal for an entry that does not exist."""
    return NotFound(f"There is no entry {id[:64]!r}.", code="entry_not_found")


def protected_player(player: str) -> Forbidden:
    """The refusal of a decision about oneself, or of a moderator about a moderator or an admin."""
    return Forbidden(
        f"You can't decide about {player[:64]!r}: nobody can about themselves, and moderators can't about"
        " moderators and admins.",
        code="protected_player",
    )
