"""The exceptions of this package."""

from __future__ import annotations

from typing import Any


class ScoreboardError(Exception):
    """The base of all exceptions of this package."""

    retry_after_seconds: float | None = None  # when to send the same again, if the server said so


class RefusedError(ScoreboardError):
    """The server refused. Act on `code`; the server's /problems/<code> explains it."""

    def __init__(
        self, status: int, problem: dict[str, Any], retry_after_seconds: float | None = None
    ) -> None:
        """`problem` is the answer's body: application/problem+json."""
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail", f"The server answered {status}."))
        self.request_id = str(problem.get("requestId", ""))
        self.errors: list[dict[str, str]] = problem.get("errors", [])
        self.puzzle: dict[str, Any] | None = problem.get("puzzle")  # of proof_of_work_needed
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{self.code}: {self.detail}")


class EndedError(RefusedError):
    """The server ended the stream and will not accept it again: `code` is board_gone or kicked."""


class AwayError(ScoreboardError):
    """The server could not be reached, or was overloaded, for `patience_seconds`.

    If it is `doubtful`, the request may have succeeded. Sending the same again is safe for
    completions, and for writes with an idempotency key.
    """

    def __init__(self, detail: str, *, doubtful: bool, retry_after_seconds: float | None = None) -> None:
        self.doubtful = doubtful
        self.retry_after_seconds = retry_after_seconds
        super().__init__(detail)
