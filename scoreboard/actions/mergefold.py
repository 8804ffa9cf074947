"""The step of actions in a merge: it combines the guards of both players, in the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable

from scoreboard.actions.rules import Wins, combine
from scoreboard.actions.store.guards import StoredGuards
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position


class ActionMerge:
    """Makes the caps and exclusive actions of both players count together."""

    def check(self, db: Connection, fact: Fact, position: Position, at: int) -> Callable[[], None]:
        """Return a function that combines the guards of both. Points above a cap stay, and no more follow."""
        account, guest = fact.player, fact.data["guest"]

        def write() -> None:
            guards = StoredGuards(db)
            wins = guards.wins([account, guest])
            guest_wins = {action: points for (player, action), points in wins.items() if player == guest}
            combined = {
                (account, action): combine(wins.get((account, action), Wins()), points)
                for action, points in guest_wins.items()
            }
            ends = guards.exclusive_ends([account, guest])
            guards.forget(guest)
            guards.write_wins(combined)
            if ends:
                guards.write_exclusive_ends({account: max(ends.values())})

        return write
