"""Merging a guest into an account, as a fact of the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scoreboard.accounts.rules import already_merged
from scoreboard.accounts.types import Player
from scoreboard.boards.rules import StandingsOutdated
from scoreboard.core.concurrency import deadline
from scoreboard.journal.types import PLAYER_MERGED, SEVERAL_BOARDS, Fact, Outcome
from scoreboard.journal.writer import Writer
from scoreboard.merging.types import Revocations

TRIES = 3  # a board may be defined while a guest is merged
PATIENCE_SECONDS = 20.0  # a player may have standings in thousands of windows
MERGED = "merged"  # the kind of the private frame
REUSED = "idempotency_key_reused"  # the journal's code for a guest who was merged into another account


@dataclass(frozen=True, kw_only=True)
class Merging:
    """Merges guests into accounts."""

    guest: Callable[[str], str]  # the guest of a refresh token
    gather: Callable[[str, str], Any]  # the standings of an account and a guest together
    writer: Writer
    apply_revocations: Callable[[Revocations], None]
    tell: Callable[[str, str, Mapping[str, Any]], None]  # sends a player's open streams a private frame
    forget: Callable[[str], None]  # drops a player's cached account

    def merge(self, player: Player, token: str, *, context: Mapping[str, str]) -> str:
        """Merge the guest of a refresh token into a player's account. Returns the guest's id.

        Merging the same guest into the same account again changes nothing. Raises BadRequest,
        invalid_guest_token; Conflict, account_needed, not_a_guest or already_merged; Forbidden,
        account_suspended or scoring_disabled; Refused, score_out_of_range; Unavailable.
        """
        guest = self.guest(token)
        deadline.lift()  # a guest may have years of facts to read
        for remaining_tries in reversed(range(TRIES)):
            try:
                outcome = self._try(player.id, guest, context)
                break
            except StandingsOutdated:
                if not remaining_tries:
                    raise
        self.forget(guest)
        if not outcome.replayed:
            self._tell_both(player.id, guest)  # before the revocations, which end the guest's streams
        self.apply_revocations(outcome.shown or {})
        return guest

    def _tell_both(self, account: str, guest: str) -> None:
        for player in (account, guest):
            self.tell(player, MERGED, {"guest": guest, "player": account})

    def _try(self, account: str, guest: str, context: Mapping[str, str]) -> Outcome:
        fact = Fact(
            id=f"{PLAYER_MERGED}:{guest}",
            kind=PLAYER_MERGED,
            player=account,
            board=SEVERAL_BOARDS,
            data={"guest": guest},
            context=dict(context),
            digest=account,
            private={"gathered": self.gather(account, guest)},
        )
        (outcome,) = self.writer.append([fact], seconds=PATIENCE_SECONDS)
        if outcome.error is not None:
            raise already_merged() if outcome.error.code == REUSED else outcome.error
        return outcome
