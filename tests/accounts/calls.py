"""Calls of the API that tests of accounts share."""

from __future__ import annotations

from typing import Any

from tests.boards.calls import refusal
from tests.contract import ContractClient, app_of


def refresh(auth: Any, token: str) -> Any:
    """Refresh a session. Returns its new tokens, or the status and code of the refusal."""
    answer = auth("refresh", refreshToken=token)
    return answer.json["data"] if answer.status_code == 200 else refusal(answer)


def id_of(session: Any) -> str:
    """The id of the session of these tokens."""
    return str(session["refreshToken"].split("_")[1])


def as_player(parts: Any, session: Any) -> ContractClient:
    """A client that calls with the access token of this session."""
    http = ContractClient(app_of(parts))
    http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {session['accessToken']}"
    return http
