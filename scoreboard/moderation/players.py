"""Decisions about players: suspend, hide, disable scoring, and their opposites."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scoreboard.accounts.service import PlayerStates
from scoreboard.accounts.types import PlayerState, Revocation
from scoreboard.boards.types import Outlook
from scoreboard.core.clock import Clock
from scoreboard.core.concurrency import deadline
from scoreboard.journal.types import SEVERAL_BOARDS, Fact
from scoreboard.journal.writer import Writer
from scoreboard.moderation.playerrules import player_state
from scoreboard.moderation.recording import new_decision
from scoreboard.moderation.selecting import Selecting
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.types import (
    PLAYER_DECIDED,
    PLAYER_LISTED,
    PLAYER_UNDONE,
    Author,
    Decided,
    Decision,
    PlayerAction,
    Reasoning,
)

SHOWN = 100  # standings in an answer
SERVER = Author(id="server", role="server")
PATIENCE_SECONDS = 20.0  # a player may have standings in thousands of windows
Context = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PlayerDecisions:
    """Decides about players, and ends decisions whose time is over."""

    selecting: Selecting
    decisions: StoredDecisions
    states: PlayerStates
    boards: Any  # the step of boards
    writer: Writer
    clock: Clock
    apply_revocations: Callable[[Mapping[str, Revocation]], None]
    forget: Callable[[str], None]  # drops a player's cached account

    def decide(
        self,
        player: str,
        action: PlayerAction,
        why: Reasoning,
        author: Author,
        *,
        context: Context,
        until: int | None = None,
        hide: bool = True,
    ) -> Decided:
        """Decide about a player. Raises Conflict, nothing_to_decide; Forbidden, protected_player."""
        self.selecting.check([player], author)
        data = new_decision(action, why, author)
        if until is not None:
            data["until"] = until
        if action == "suspend":
            data["hide"] = hide
        proposed = _proposed(player, action, hide=hide, until=until)
        outlook = self._outlook(player, [*self.decisions.about(player), proposed])
        self._record(PLAYER_DECIDED, player, data["decision"], data, context)
        return Decided(decision=self.decisions.get(data["decision"]), entries=0, outlook=outlook)

    def preview(self, player: str, action: PlayerAction, author: Author, *, hide: bool = True) -> Decided:
        """The outcome that a decision would have. Changes nothing."""
        self.selecting.check([player], author)
        proposed = _proposed(player, action, hide=hide, until=None)
        outlook = self._outlook(player, [*self.decisions.about(player), proposed])
        return Decided(decision=None, entries=0, outlook=outlook)

    def undo(self, decision: Decision, author: Author, context: Context) -> Outlook:
        """Undo a decision about a player. Raises Conflict, already_undone; Forbidden, protected_player."""
        self.selecting.check([decision.player], author)
        rest = [one for one in self.decisions.about(decision.player) if one.id != decision.id]
        outlook = self._outlook(decision.player, rest)
        self._end(decision, author, "undone", context)
        return outlook

    def expire_due(self) -> int:
        """End the decisions whose time is over. Returns their number."""
        due = self.decisions.due(self.clock())
        for decision in due:
            self._end(decision, SERVER, "expired", {"caller": "worker"})
        return len(due)

    def set_listed(self, player: str, listed: bool, *, context: Context) -> None:
        """List a player, or not, as they wish."""
        if self.states.get(player).unlisted != listed:
            return
        self._record(PLAYER_LISTED, player, secrets.token_hex(8), {"listed": listed}, context)

    def state(self, player: str) -> PlayerState:
        """The restrictions of a player."""
        return self.states.get(player)

    def _end(self, decision: Decision, author: Author, why: str, context: Context) -> None:
        data = {"decision": decision.id, "author": author.id, "why": why}
        # An expiry has one id: several workers may find it due. Of two moderators, the fold refuses one.
        name = "expired" if why == "expired" else secrets.token_hex(6)
        self._record(PLAYER_UNDONE, decision.player, f"{decision.id}:{name}", data, context)

    def _outlook(self, player: str, decisions: list[Decision]) -> Outlook:
        before = self.states.get(player)
        after = player_state(player, decisions, unlisted=before.unlisted, changed=0)
        if before.concealed == after.concealed:
            return Outlook(standings=[], more=False)
        found: Outlook = self.boards.preview(player, concealed=after.concealed, limit=SHOWN)
        return found

    def _record(self, kind: str, player: str, name: str, data: Mapping[str, Any], context: Context) -> None:
        deadline.lift()
        fact = Fact(
            id=f"{kind}:{name}",
            kind=kind,
            player=player,
            board=SEVERAL_BOARDS,
            data=dict(data),
            context=dict(context),
        )
        (outcome,) = self.writer.append([fact], seconds=PATIENCE_SECONDS)
        if outcome.error is not None:
            raise outcome.error
        self.forget(player)
        self.apply_revocations(outcome.shown or {})


def _proposed(player: str, action: PlayerAction, *, hide: bool, until: int | None) -> Decision:
    return Decision(
        id="proposed",
        seq=0,
        at=0,
        author="",
        author_role="",
        action=action,
        reason="other",
        player=player,
        until=until,
        hide=hide,
    )
