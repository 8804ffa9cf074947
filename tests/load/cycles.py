"""A player who asks for an action token, does the work, and completes it, again and again."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

import msgspec

from tests.actions.play import proof
from tests.load.requests import post
from tests.load.servers import Server
from tests.support import Stack

ACTION = "bench"
RULES = {"boards": ["main"], "points": 10, "difficulty": 1}
# Everything is counted as in production, and nothing refused: that would be another measurement.
UNREFUSED = dict.fromkeys(
    ("LIMIT_GUEST", "LIMIT_REQUEST", "LIMIT_REQUEST_ADDRESS", "LIMIT_WRITE"), "100000000/minute"
)

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class Plays:
    """One player's cycles: two requests each."""

    token: str
    steps: int = 2

    def say(self, heard: bytes | None) -> bytes:
        if heard is None:
            return post("/v1/actions/request", {"actionType": ACTION}, token=self.token)
        asked: dict[str, Any] = _decode(heard)["data"]
        body = {"actionToken": asked["actionToken"], "proof": proof(asked)}
        return post("/v1/actions/complete", body, token=self.token)


def define(stack: Stack) -> None:
    """Define the action type on a product that runs."""
    answer = stack.call("PUT", f"/v1/admin/action-types/{ACTION}", RULES)
    assert answer.status in (200, 201), answer.body


def players(server: Server, *, count: int) -> list[Plays]:
    """So many new guests of a server."""
    return [Plays(_sign_in(server.port)) for _ in range(count)]


def _sign_in(port: int) -> str:
    """A new guest's access token."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/auth/guest",
        data=b"{}",
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        token: str = json.load(answer)["data"]["accessToken"]
        return token
