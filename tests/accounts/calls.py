"""Calls of the API that tests of accounts share."""

from __future__ import annotations

from typing import Any

from tests.boards.calls import refusal


def refresh(auth: Any, token: str) -> Any:
    """Refresh a session. Its new tokens, or status and code of the refusal."""
    answer = auth("refresh", refreshToken=token)
    return answer.json["data"] if answer.status_code == 200 else refusal(answer)
