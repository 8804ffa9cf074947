"""Noting refusals that say something about a player, for those who look for cheaters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from scoreboard.actions.rules import HOUR_MS
from scoreboard.actions.store.refused import StoredRefusals
from scoreboard.actions.types import OpenedToken
from scoreboard.core.clock import Clock
from scoreboard.core.errors import BadRequest, TooMany, Unavailable
from scoreboard.journal.types import Fact
from scoreboard.journal.writer import Writer

REMEMBERED = 10_000  # players of whom a process knows that the journal takes no more


class TooFast(BadRequest):
    """A completion that came sooner than the action can be done."""

    code = "completed_too_fast"


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Hands refusals to the journal, which takes each token's once and a few of each player in an hour."""

    stored: StoredRefusals
    writer: Writer
    clock: Clock
    _enough: OrderedDict[str, int] = field(default_factory=OrderedDict)  # player → until when

    def record(self, ticket: OpenedToken, refusal: TooFast, context: Mapping[str, str], now: int) -> None:
        """Note a refusal, unless enough are noted. The player hears the same where it can't be written."""
        if now < self._enough.get(ticket.player, 0):
            return
        with suppress(Unavailable):
            (outcome,) = self.writer.append([_fact(ticket, refusal, context, now)])
            if isinstance(outcome.error, TooMany):
                self._remember(ticket.player, now + 1000 * (outcome.error.retry_after_seconds or 0))

    def forget_old(self) -> None:
        """Delete the counts of hours that are over for all: hosts' clocks may disagree by less than one."""
        self.stored.forget(self.clock() // HOUR_MS - 1)

    def _remember(self, player: str, until: int) -> None:
        # The journal would say so again. This spares it the question.
        self._enough[player] = until
        if len(self._enough) > REMEMBERED:
            self._enough.popitem(last=False)


def _fact(ticket: OpenedToken, refusal: TooFast, context: Mapping[str, str], now: int) -> Fact:
    return Fact(
        id=f"refused:{ticket.id.hex()}",
        kind="action-refused",
        player=ticket.player,
        action=ticket.action,
        data={"code": refusal.code, "tookMs": now - ticket.issued_at, "minMs": ticket.min_ms},
        context=dict(context),
    )
