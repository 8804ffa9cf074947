"""Action cycles: players request an action, do the proof of work, and complete it, repeatedly."""

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
# Limits are counted as in production, but high enough to refuse nothing.
UNREFUSED = dict.fromkeys(
    ("LIMIT_GUEST", "LIMIT_REQUEST", "LIMIT_REQUEST_ADDRESS", "LIMIT_WRITE"), "100000000/minute"
)

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class CyclePlayer:
    """The cycles of one player, of two requests each."""

    token: str
    steps: int = 2

    def next_request(self, answer: bytes | None) -> bytes:
        if answer is None:
            return post("/v1/actions/request", {"actionType": ACTION}, token=self.token)
        action: dict[str, Any] = _decode(answer)["data"]
        body = {"actionToken": action["actionToken"], "proof": proof(action)}
        return post("/v1/actions/complete", body, token=self.token)


def define(stack: Stack) -> None:
    """Define the action type on a running product."""
    answer = stack.call("PUT", f"/v1/admin/action-types/{ACTION}", RULES)
    assert answer.status in (200, 201), answer.body


def players(server: Server, *, count: int) -> list[CyclePlayer]:
    """New guests of a server."""
    return [CyclePlayer(_sign_in(server.port)) for _ in range(count)]


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
