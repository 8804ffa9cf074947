"""Recording refusals that hint at cheating."""

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

REMEMBERED = 10_000  # players whose refusals, as a process knows, are not recorded for now


class TooFast(BadRequest):
    """A completion that came sooner than the action can be completed."""

    code = "completed_too_fast"


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Appends refusals to the journal: each token's once, and a few of each player per hour."""

    stored: StoredRefusals
    writer: Writer
    clock: Clock
    _enough: OrderedDict[str, int] = field(
        default_factory=OrderedDict
    )  # player → until when, in milliseconds

    def record(self, token: OpenedToken, refusal: TooFast, context: Mapping[str, str], now: int) -> None:
        """Record a refusal, unless enough are recorded. Nothing is raised where it can't be written."""
        if now < self._enough.get(token.player, 0):
            return
        with suppress(Unavailable):
            (outcome,) = self.writer.append([_fact(token, refusal, context, now)])
            if isinstance(outcome.error, TooMany):
                self._remember(token.player, now + 1000 * (outcome.error.retry_after_seconds or 0))

    def forget_old(self) -> None:
        """Delete the counts of past hours, but for the last one: hosts' clocks differ by less than that."""
        self.stored.forget(self.clock() // HOUR_MS - 1)

    def _remember(self, player: str, until: int) -> None:
        # Until then the journal would refuse each of them again.
        self._enough[player] = until
        if len(self._enough) > REMEMBERED:
            self._enough.popitem(last=False)


def _fact(token: OpenedToken, refusal: TooFast, context: Mapping[str, str], now: int) -> Fact:
    return Fact(
        id=f"refused:{token.id.hex()}",
        kind="action-refused",
        player=token.player,
        action=token.action,
        data={"code": refusal.code, "tookMs": now - token.issued_at, "minMs": token.min_ms},
        context=dict(context),
    )
