"""The points: a client claims them only if the action type has a range, and within it."""

from __future__ import annotations

from scoreboard.actions.checks.attempt import Attempt
from scoreboard.actions.rules import invalid_proof
from scoreboard.core.errors import BadRequest


class PointsCheck:
    """Refuses points that the action type does not give."""

    problems = ("points_out_of_range", "invalid_proof")

    def check(self, attempt: Attempt) -> None:
        """Raise BadRequest, points_out_of_range or invalid_proof."""
        token, points = attempt.token, attempt.proof.points
        if points is None:
            if token.claimed:
                raise invalid_proof("proof.points is missing: this action type has a range of points.")
        elif not token.least <= points <= token.most:
            raise BadRequest(
                f"This action is worth {token.least} to {token.most} points.", code="points_out_of_range"
            )
