"""A player's state by the decisions in force. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from scoreboard.accounts.types import PlayerState
from scoreboard.moderation.types import Decision


def player_state(player: str, decisions: Iterable[Decision], *, unlisted: bool, changed: int) -> PlayerState:
    """The state of a player after decisions, in the order in which they were made."""
    state = PlayerState(player=player, unlisted=unlisted, changed=changed)
    hides = False  # the suspension does
    for one in decisions:
        match one.action:
            case "suspend":
                state = structs.replace(state, suspended=one.id, suspended_until=one.until)
                hides = one.hide is not False
            case "reinstate":
                state, hides = structs.replace(state, suspended="", suspended_until=None), False
            case "hide":
                state = structs.replace(state, hidden=one.id, hidden_until=one.until)
            case "show":
                state, hides = structs.replace(state, hidden="", hidden_until=None), False
            case "disable-scoring":
                state = structs.replace(state, silenced=one.id, silenced_until=one.until)
            case "enable-scoring":
                state = structs.replace(state, silenced="", silenced_until=None)
    return structs.replace(state, concealed=bool(hides or state.hidden or unlisted))


def is_same(one: PlayerState, other: PlayerState) -> bool:
    """True if both have the same restrictions, by whatever decisions."""
    return _restrictions(one) == _restrictions(other)


def _restrictions(state: PlayerState) -> tuple[tuple[bool, int | None], ...]:
    return (
        (bool(state.suspended), state.suspended_until),
        (bool(state.hidden), state.hidden_until),
        (bool(state.silenced), state.silenced_until),
        (state.concealed, None),
    )
