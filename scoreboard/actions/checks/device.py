"""The device: a token that is bound to a device is completed on that device."""

from __future__ import annotations

from scoreboard.actions.checks.attempt import Attempt
from scoreboard.actions.tokens import invalid_token


class DeviceCheck:
    """Refuses a token that was issued to another device."""

    problems = ("invalid_action_token",)

    def check(self, attempt: Attempt) -> None:
        """Raise BadRequest, invalid_action_token."""
        if attempt.token.bound and attempt.device != attempt.token.device:
            raise invalid_token()
