"""Players of the running product, and what many of them do at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.actions.play import proof
from tests.faults.crowd import Crowd
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
        while True:
            answer = self.call("POST", "/v1/actions/request", {"actionType": action})
            if answer is not None and answer.status == 200:
                return answer.json["data"]
            assert answer is None or answer.status == 503, answer.body
            time.sleep(0.05)

    def ask(self, action: str) -> dict[str, Any] | None:
        """Ask for an action token, once. None where there is none now."""
        answer = self.call("POST", "/v1/actions/request", {"actionType": action})
        return answer.json["data"] if answer is not None and answer.status == 200 else None

    def complete(self, asked: dict[str, Any], points: int | None = None, result: str = "") -> Answer | None:
        """Complete it, once. None where no answer came."""
        body = {"actionToken": asked["actionToken"], "proof": proof(asked, points, result)}
        return self.call("POST", "/v1/actions/complete", body)

    def call(self, method: str, path: str, body: Any = None) -> Answer | None:
        """Call as this player. None where no answer came."""
        try:
            return self.stack.call(method, path, body, key=self.token)
        except OSError:
            return None


class Load(Crowd):
    """Players who play until they are told to stop, send again what was not answered, and keep books."""

    def __init__(self, stack: Stack, action: str, players: int = 4) -> None:
        self.players = [Player(stack) for _ in range(players)]
        super().__init__(self._run, self.players)
        self.action = action
        self.counted: Counter[str] = Counter()
        self.problems: Counter[tuple[int, str]] = Counter()
        self.seconds: list[float] = []
        self.degraded = 0

    @property
    def count(self) -> int:
        return sum(self.counted.values())

    def _run(self, player: Player) -> None:
        while not self.stopping.is_set():
            asked = player.request(self.action)
            while not self._counted(player, asked):
                time.sleep(0.05)
            self.counted[player.id] += 1

    def _counted(self, player: Player, asked: dict[str, Any]) -> bool:
        started = time.monotonic()
        answer = player.complete(asked)
        if answer is None:
            return False
        if answer.status != 200:
            self.problems[answer.status, answer.json["code"]] += 1
            return False
        self.seconds.append(time.monotonic() - started)
        self.degraded += "degraded" in answer.json["data"]
        return True


def slowest(seconds: Sequence[float], part: float = 0.99) -> float:
    """How long it took at most, for this part of all."""
    return sorted(seconds)[int(len(seconds) * part)]
