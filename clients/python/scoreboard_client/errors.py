"""What can go wrong."""

from __future__ import annotations

from typing import Any


class ScoreboardError(Exception):
    """Whatever this package raises."""


class RefusedError(ScoreboardError):
    """The server said no. Act on `code`; the server's /problems/<code> explains it."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        """`problem` is the answer's body: application/problem+json."""
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail", f"The server answered {status}."))
        self.request_id = str(problem.get("requestId", ""))
        self.errors: list[dict[str, str]] = problem.get("errors", [])
        super().__init__(f"{self.code}: {self.detail}")


class AwayError(ScoreboardError):
    """The server could not be reached, or had no time, however often it was asked.

    Whether it has taken what was sent is not known. Sending the same again is safe for completions, and for
    writes with an idempotency key.
    """
