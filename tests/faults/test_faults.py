"""What breaks in the real world, done to the real product: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import argparse
import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis

from config.settings import load
from scoreboard.commands.boards import run_verify
from tests.faults.crowd import Crowd
from tests.support import Stack, wait_until

pytestmark = pytest.mark.alone

PLAYERS = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def stack(request, tmp_path):
    environment = {"WEB_CONCURRENCY": "2"}
    if request.param == "postgresql":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres").create("faults")
    stack = Stack(tmp_path, environment)
    stack.start()
    yield stack
    stack.stop()
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop("faults")


class Load(Crowd):
    """Clients that submit scores with keys, send again whatever was not acknowledged, and keep books."""

    def __init__(self, stack: Stack, clients: int = 4) -> None:
        super().__init__(self._run, range(clients))
        self.stack = stack
        self.acknowledged: Counter[str] = Counter()
        self.failures: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.went_back: list[tuple[str, int, int]] = []

    @property
    def count(self) -> int:
        return sum(self.acknowledged.values())

    def _run(self, client: int) -> None:
        draw, number = random.Random(client), 0
        while not self.stopping.is_set():
            number += 1
            # Each client has players of its own, so that it knows what they must have.
            player = f"c{client}-p{draw.randrange(PLAYERS)}"
            entry = {"player": player, "score": 1, "idempotencyKey": f"{client}-{number}"}
            while not self._accepted({"entries": [entry]}):
                time.sleep(0.05)
            self.acknowledged[player] += 1
            if number % 10 == 0:
                self._read_own(player)

    def _accepted(self, body: dict) -> bool:
        started = time.monotonic()
        try:
            answer = self.stack.call("POST", "/v1/boards/main/scores", body)
        except OSError:
            self.failures[0] += 1
            return False
        self.seconds.append(time.monotonic() - started)
        if answer.status != 200:
            self.failures[answer.status] += 1
            return False
        assert answer.json["data"]["rejected"] == []
        return True

    def _read_own(self, player: str) -> None:
        try:
            answer = self.stack.call("GET", f"/v1/boards/main/entries/{player}")
        except OSError:
            return
        if answer.status == 200 and answer.json["data"]["score"] < self.acknowledged[player]:
            self.went_back.append((player, answer.json["data"]["score"], self.acknowledged[player]))


def check(stack: Stack, run: Load) -> None:
    """Books, API and the verify command agree."""
    rows = stack.call("GET", "/v1/boards/main/entries?limit=1000").json["data"]["entries"]
    assert {row["player"]["id"]: row["score"] for row in rows} == dict(run.acknowledged)
    assert run.went_back == []
    assert verify(stack) == 0


def verify(stack: Stack) -> int:
    """The exit status of `python -m scoreboard verify` beside the running stack."""
    text = Path(f"/proc/{stack.processes('gunicorn')[0]}/environ").read_text()
    return run_verify(
        argparse.Namespace(), load(dict(pair.split("=", 1) for pair in text.split("\0") if pair))
    )


def test_a_stalled_redis_costs_no_write_and_no_right_answer(stack):
    redis = stack.redis
    with Load(stack) as run:
        wait_until(lambda: run.count > 20, seconds=30)
        run.seconds.clear()
        os.kill(redis, signal.SIGSTOP)
        until = time.monotonic() + 5
        wait_until(lambda: time.monotonic() > until, seconds=10)
        stalled = sorted(run.seconds)
        os.kill(redis, signal.SIGCONT)
        before = run.count
        wait_until(lambda: run.count > before + 20, seconds=30)

    assert run.failures == {}
    assert len(stalled) > 20
    assert stalled[int(len(stalled) * 0.99)] < 1
    wait_until(lambda: verify(stack) == 0, seconds=40)
    check(stack, run)


def test_an_emptied_redis_heals_by_itself(stack):
    redis = Redis(unix_socket_path=stack.redis_socket)
    with Load(stack) as run:
        wait_until(lambda: run.count > 50, seconds=30)
        redis.flushall()
        before = run.count
        wait_until(lambda: run.count > before + 50, seconds=30)
        redis.flushall()
        before = run.count
        wait_until(lambda: run.count > before + 50, seconds=30)
    redis.close()

    assert run.failures == {}
    wait_until(lambda: verify(stack) == 0, seconds=30)
    check(stack, run)
    entry = {"player": "c0-p0", "score": 0}
    wait_until(
        lambda: (
            "degraded" not in stack.call("POST", "/v1/boards/main/scores", {"entries": [entry]}).json["data"]
        ),
        seconds=30,
    )


def test_one_batch_sent_two_hundred_times_at_once_counts_once(stack):
    body = {"entries": [{"player": f"p{one}", "score": 5} for one in range(10)]}
    answers = []

    def send() -> None:
        answers.append(
            stack.call("POST", "/v1/boards/main/scores", body, headers={"Idempotency-Key": "the one"})
        )

    threads = [threading.Thread(target=send) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(answer.status for answer in answers) == {200: 200}
    rows = stack.call("GET", "/v1/boards/main/entries?limit=50").json["data"]["entries"]
    assert [row["score"] for row in rows] == [5] * 10
