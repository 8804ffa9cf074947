"""Plans the changes of entries that a decision, or its undoing, leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from scoreboard.boards.facts import results_of
from scoreboard.boards.service import EntryStates
from scoreboard.boards.types import EntryChange, EntryState
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import RecordedFact
from scoreboard.moderation.rules import state_after
from scoreboard.moderation.store.layers import Layers
from scoreboard.moderation.types import EntryAction, Layer

Actions = Callable[[Sequence[Layer]], Iterable[EntryAction]]  # that are in force afterwards
States = dict[int, tuple[EntryState, EntryState]]  # of entries: recorded, and afterwards


def added(action: EntryAction) -> Actions:
    """The actions in force once `action` is added."""
    return lambda layers: [*(layer.action for layer in layers), action]


def without(decision: str) -> Actions:
    """The actions in force without those of a decision."""
    return lambda layers: [layer.action for layer in layers if layer.decision != decision]


def new_states(db: Connection, entries: Sequence[int], actions: Actions) -> States:
    """The states of those entries that change, if `actions` are in force."""
    states, layers = EntryStates(db), Layers(db).of(entries)
    now, recorded = states.of(entries), states.recorded(entries)
    found: States = {}
    for seq in entries:
        at_first = recorded.get(seq, "counted")
        state = state_after(at_first, actions(layers.get(seq, ())))
        if state != now.get(seq, "counted"):
            found[seq] = at_first, state
    return found


def changes_of(
    lines: Sequence[RecordedFact], states: States, accounts: Mapping[str, str]
) -> list[EntryChange]:
    """The changes of entries, with the players for whom they count: `accounts` are those of merged guests."""
    return [
        EntryChange(
            entry=line.seq,
            player=line.fact.player,
            owner=accounts.get(line.fact.player, line.fact.player),
            recorded=states[line.seq][0],
            state=states[line.seq][1],
            windows=tuple(window for result in results_of(line).values() for window, *_ in result.standings),
        )
        for line in lines
        if line.seq in states
    ]
