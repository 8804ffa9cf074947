"""Servers, players and viewers that continue through every fault, and record all answers."""

from __future__ import annotations

import contextlib
import random
import time
import uuid
from collections.abc import Iterator
from typing import Any

from tests.faults.deployment import Deployment
from tests.faults.history import History, Operation
from tests.faults.playing import Player
from tests.faults.threads import Threads
from tests.support import Answer, wait_until
from tests.watcher import Watcher

ABANDONED = 0.2  # of the calls that were not acknowledged: their operations are not sent again
PAUSE_SECONDS = 0.05  # before an operation is sent again


class Load(Threads):
    """Works on a board of its own while the block lasts. `check` asserts that the history is consistent."""

    def __init__(
        self, deployment: Deployment, *, servers: int = 3, players: int = 3, watchers: int = 2
    ) -> None:
        self.deployment, self.history, self.board = deployment, History(), f"load-{uuid.uuid4().hex[:8]}"
        define(deployment, self.board)
        self._watchers = [Watcher(deployment.stack.port, self.board) for _ in range(watchers)]
        each: list[Server | Gamer] = [
            Server(deployment, self.history, self.board, f"s{number}") for number in range(servers)
        ]
        each += [Gamer(deployment, self.history, self.board, f"g{number}") for number in range(players)]
        super().__init__(self._run, each)

    def _run(self, one: Server | Gamer) -> None:
        while not self.stopping.is_set():
            one.work()

    def wait_for_progress(self, operations: int = 20, seconds: float = 30) -> None:
        """Wait until this many more operations are acknowledged."""
        want = self.history.acknowledged_count + operations
        wait_until(
            lambda: self.history.acknowledged_count >= want,
            seconds=seconds,
            why=lambda: f"{self.history.outcomes()}\n{self.deployment.stack.log()}",
        )

    def check(self, *, seconds: float = 40) -> None:
        """Wait until all views agree, and assert that calls, journal, board and streams are consistent."""
        self.deployment.wait_until_current(seconds)
        rows = self.deployment.rows(self.board)
        assert self.history.contradictions(self.deployment.counted_facts(self.board), rows) == []
        want = [(row.player, row.score) for row in rows[:100]]
        for watcher in self._watchers:
            wait_until(lambda one=watcher: rows_of(one, self.board) == want, seconds=20, why=watcher.story)
            watcher.stop()
            assert watcher.faults == []


class Writing(Threads):
    """Scores for a board while the block lasts, `a_second` of them, each sent again until it is accepted."""

    def __init__(self, deployment: Deployment, board: str, a_second: float, threads: int = 4) -> None:
        self.sent = 0
        self._deployment, self._path, self._pause = (
            deployment,
            f"/v1/boards/{board}/scores",
            threads / a_second,
        )
        super().__init__(self._run, range(threads))

    def _run(self, seed: int) -> None:
        draw, due = random.Random(seed), time.monotonic()
        while not self.stopping.is_set():
            due = max(due + self._pause, time.monotonic() - 1)
            entry = {
                "player": f"p{draw.randrange(150)}",
                "score": draw.randrange(1, 9),
                "idempotencyKey": f"{seed}-{time.monotonic_ns()}",
            }
            while not self._submit(entry):
                time.sleep(PAUSE_SECONDS)
            self.sent += 1
            self.stopping.wait(max(0.0, due - time.monotonic()))

    def _submit(self, entry: dict[str, Any]) -> bool:
        try:
            return self._deployment.stack.call("POST", self._path, {"entries": [entry]}).status == 200
        except OSError:
            return False


def define(deployment: Deployment, name: str, **rules: Any) -> None:
    """Define a board, and an action that feeds it: by default any points up to a thousand, at once."""
    rules = {"boards": [name], "points": {"min": 1, "max": 1000}, "difficulty": 0} | rules
    assert deployment.stack.call("PUT", f"/v1/admin/boards/{name}", {}).status == 201
    assert deployment.stack.call("PUT", f"/v1/admin/action-types/{name}", rules).status == 201


def rows_of(watcher: Watcher, board: str) -> list[tuple[str, int]]:
    """A watcher's list of a board."""
    return [(line["id"], line["s"]) for line in watcher.lists.get(board, [])]


class Server:
    """Reports scores in small batches, for players of its own."""

    def __init__(self, deployment: Deployment, history: History, board: str, name: str) -> None:
        self._deployment, self._history, self._board, self._name = deployment, history, board, name
        self._draw, self._rounds = random.Random(name), 0

    def work(self) -> None:
        """Send one batch, repeatedly until it is accepted or abandoned."""
        self._rounds += 1
        operations = [self._operation(index) for index in range(self._draw.randrange(1, 4))]
        body = {
            "entries": [
                {"player": operation.player, "score": operation.points, "idempotencyKey": operation.key}
                for operation in operations
            ]
        }
        for _ in _tries(self._draw):
            verdict, _answer = self._history.send(operations, lambda: self._call("POST", "scores", body))
            if verdict == "ok":
                break
        player = self._draw.choice(operations).player
        self._history.read(player, lambda: score_of(self._call("GET", f"entries/{player}")))

    def _operation(self, index: int) -> Operation:
        player = f"{self._name}-p{self._draw.randrange(8)}"
        return Operation(f"{self._name}-{self._rounds}-{index}", player, self._draw.randrange(1, 100))

    def _call(self, method: str, path: str, body: Any = None) -> Answer | None:
        with contextlib.suppress(OSError):
            return self._deployment.stack.call(method, f"/v1/boards/{self._board}/{path}", body)
        return None


class Gamer:
    """Requests and completes actions, one after another, for a player of its own."""

    def __init__(self, deployment: Deployment, history: History, board: str, name: str) -> None:
        self._player, self._history, self._board, self._name = Player(deployment.stack), history, board, name
        self._draw, self._rounds = random.Random(name), 0

    def work(self) -> None:
        """Complete one action, repeatedly until it is counted or abandoned."""
        action = self._player.ask(self._board)
        if action is None:
            time.sleep(PAUSE_SECONDS)
            return
        self._rounds += 1
        operation = Operation(f"{self._name}-{self._rounds}", self._player.id, self._draw.randrange(1, 100))
        for _ in _tries(self._draw):
            verdict, _answer = self._history.send(
                [operation], lambda: self._player.complete(action, operation.points, operation.key)
            )
            if verdict == "ok":
                break
        path = f"/v1/boards/{self._board}/entries/{self._player.id}"
        self._history.read(self._player.id, lambda: score_of(self._player.call("GET", path)))


def _tries(draw: random.Random) -> Iterator[None]:
    yield
    while draw.random() > ABANDONED:
        time.sleep(PAUSE_SECONDS)
        yield


def score_of(answer: Answer | None) -> int | None:
    """The player's score in an answer; None if it has none."""
    if answer is None or answer.status not in (200, 404):
        return None
    return answer.json["data"]["score"] if answer.status == 200 else 0
