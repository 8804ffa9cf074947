"""The duration: an action takes its shortest time at least, and its token expires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoreboard.actions.checks.attempt import Attempt
from scoreboard.actions.refusals import TooFast
from scoreboard.core.errors import BadRequest

LATE = {"late": True}  # after maxSeconds, which only offline types allow


class DurationCheck:
    """Refuses completions that come too soon or too late, and annotates late ones of offline types."""

    problems = ("action_token_expired", "completed_too_fast")

    def check(self, attempt: Attempt) -> Mapping[str, Any] | None:
        """Raise BadRequest, action_token_expired or completed_too_fast."""
        token, took_ms = attempt.token, attempt.took_ms
        if took_ms >= token.life_ms:
            raise BadRequest("This action token has expired: request a new one.", code="action_token_expired")
        if took_ms < token.min_ms:
            raise TooFast(
                f"This action takes at least {token.min_ms / 1000:g} seconds. The token is still valid."
            )
        return LATE if took_ms > token.max_ms else None
