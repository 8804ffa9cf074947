"""Finding players, with their restrictions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoreboard.accounts.rules import player_not_found
from scoreboard.accounts.service import Accounts, Names, PlayerStates
from scoreboard.accounts.types import PlayerState
from scoreboard.core.ids import PLAYER_ID
from scoreboard.journal.service import Journal
from scoreboard.moderation.store.players import KnownPlayers
from scoreboard.moderation.types import ModeratedPlayer


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Finds players: those with an account, and those that only servers report."""

    accounts: Accounts
    names: Names
    states: PlayerStates
    known: KnownPlayers
    journal: Journal

    def get(self, player: str) -> ModeratedPlayer:
        """A player. Raises NotFound, player_not_found."""
        if not re.match(PLAYER_ID, player):
            raise player_not_found(player)
        account, state = self.accounts.get(player), self.states.get(player)
        names = self.names.of([player])
        if account is None and not names and not state.changed and not self.journal.mentions(player):
            raise player_not_found(player)
        return ModeratedPlayer(state=state, name=names.get(player, player), account=account)

    def page(
        self, *, query: str, state: str, after: str, limit: int
    ) -> tuple[list[ModeratedPlayer], str | None]:
        """Players by id, and the id after which the next page continues."""
        players = self.known.page(query=query, state=state, after=after, limit=limit + 1)
        shown = players[:limit]
        names, states = self.names.of(shown), self.states.of(shown)
        found = [
            ModeratedPlayer(
                state=states.get(player) or PlayerState(player=player),
                name=names.get(player, player),
                account=self.accounts.get(player),
            )
            for player in shown
        ]
        return found, shown[-1] if len(players) > limit else None
