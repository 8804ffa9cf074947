"""Records refusals of completions that came too fast in the journal."""

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

MAX_CAPPED = 10_000  # players with too many refusals that a process remembers


class TooFast(BadRequest):
    """A completion that came sooner than the action can be done."""

    code = "completed_too_fast"


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Appends refusals to the journal: one for each action token, and only a few of a player per hour."""

    stored: StoredRefusals
    writer: Writer
    clock: Clock
    # By player, once the journal takes no more refusals of theirs in this hour: the end of the hour, in ms.
    _capped: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def record(self, token: OpenedToken, refusal: TooFast, context: Mapping[str, str], now: int) -> None:
        """Record a refusal, unless the player is capped. Raises nothing if it can't be written."""
        if now < self._capped.get(token.player, 0):
            return
        with suppress(Unavailable):
            (outcome,) = self.writer.append([_fact(token, refusal, context, now)])
            if isinstance(outcome.error, TooMany):
                self._cap(token.player, now + 1000 * (outcome.error.retry_after_seconds or 0))

    def forget_old(self) -> None:
        """Delete the counts of past hours, except the last one: the clocks of hosts may differ a little."""
        self.stored.forget(self.clock() // HOUR_MS - 1)

    def _cap(self, player: str, until: int) -> None:
        self._capped[player] = until
        if len(self._capped) > MAX_CAPPED:
            self._capped.popitem(last=False)


def _fact(token: OpenedToken, refusal: TooFast, context: Mapping[str, str], now: int) -> Fact:
    return Fact(
        id=f"refused:{token.id.hex()}",
        kind="action-refused",
        player=token.player,
        action=token.action,
        data={"code": refusal.code, "tookMs": now - token.issued_at, "minMs": token.min_ms},
        context=dict(context),
    )
