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
        answer = stack.call("POST", "/v1/auth/guest", {}, key=None)
        assert answer.status == 201, (answer.status, answer.body)
        session = answer.json["data"]
        self.id, self.token = session["player"]["id"], session["accessToken"]

    def request(self, action: str) -> dict[str, Any]:
        """Request an action token, repeatedly until there is one."""
        while (issued := self.ask(action)) is None:
            time.sleep(0.05)
        return issued

    def ask(self, action: str) -> dict[str, Any] | None:
        """Request an action token, once. None if a service that it needs is away."""
        answer = self.call("POST", "/v1/actions/request", {"actionType": action})
        if answer is None or answer.status == 503:
            return None
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def complete(self, issued: dict[str, Any], points: int | None = None, result: str = "") -> Answer | None:
        """Complete it, once. None if no answer came."""
        body = {"actionToken": issued["actionToken"], "proof": proof(issued, points, result)}
        return self.call("POST", "/v1/actions/complete", body)

    def call(self, method: str, path: str, body: Any = None) -> Answer | None:
        """Call as this player. None if no answer came."""
        try:
            return self.stack.call(method, path, body, key=self.token)
        except OSError:
            return None


def slowest(seconds: Sequence[float], part: float = 0.99) -> float:
    """The longest of these times, without the slowest ones beyond this part."""
    return sorted(seconds)[int(len(seconds) * part)]
