"""How a merge combines the caps and exclusive actions of both players: inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable

from scoreboard.actions.rules import Wins, combine
from scoreboard.actions.store.guards import StoredGuards
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position


class ActionMerge:
    """Caps and exclusive actions of both players count together from now on."""

    def check(self, db: Connection, fact: Fact, position: Position, at: int) -> Callable[[], None]:
        """Return a function that combines the guards of both. Points above a cap stay, and no more follow."""
        account, guest = fact.player, fact.data["guest"]

        def write() -> None:
            guards = StoredGuards(db)
            wins = guards.wins([account, guest])
            theirs = {action: won for (player, action), won in wins.items() if player == guest}
            mine = {
                (account, action): combine(wins.get((account, action), Wins()), won)
                for action, won in theirs.items()
            }
            ended = guards.ended([account, guest])
            guards.forget(guest)
            guards.write_wins(mine)
            if ended:
                guards.write_ended({account: max(ended.values())})

        return write
