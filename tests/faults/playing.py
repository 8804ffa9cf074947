"""Players of the running product."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tests.actions.play import proof
from tests.support import Answer, Stack


class Player:
    """A guest with a session."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        made = stack.call("POST", "/v1/auth/guest", {}, key=None)
        assert made.status == 201, (made.status, made.body)
        session = made.json["data"]
        self.id, self.token = session["player"]["id"], session["accessToken"]

    def request(self, action: str) -> dict[str, Any]:
        """Ask for an action token, until it is there."""
        while (asked := self.ask(action)) is None:
            time.sleep(0.05)
        return asked

    def ask(self, action: str) -> dict[str, Any] | None:
        """Ask for an action token, once. None if there is none now, because something is away."""
        answer = self.call("POST", "/v1/actions/request", {"actionType": action})
        if answer is None or answer.status == 503:
            return None
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def complete(self, asked: dict[str, Any], points: int | None = None, result: str = "") -> Answer | None:
        """Complete it, once. None if no answer came."""
        body = {"actionToken": asked["actionToken"], "proof": proof(asked, points, result)}
        return self.call("POST", "/v1/actions/complete", body)

    def call(self, method: str, path: str, body: Any = None) -> Answer | None:
        """Call as this player. None if no answer came."""
        try:
            return self.stack.call(method, path, body, key=self.token)
        except OSError:
            return None


def slowest(seconds: Sequence[float], part: float = 0.99) -> float:
    """How long it took at most, for this part of all."""
    return sorted(seconds)[int(len(seconds) * part)]
