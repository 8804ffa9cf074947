"""Players under injected faults: answers get lost, and every point counts once."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from scoreboard_client import Client

from tests.faults.deployment import verify
from tests.support import ROOT, Stack, wait_until

CHAOS = "seed=7,kill=0.06,latency=0.2:0-100,database=0.15:0-500"
PLAYERS, WATCHERS, POINTS = 6, 8, 10
WATCH_AND_PLAY = ROOT / "tests" / "clients" / "watch-and-play.js"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("chaos"), {"SCOREBOARD_CHAOS": CHAOS, "WEB_CONCURRENCY": "2"})
    stack.start()
    yield stack
    stack.end()


def call_until_answered(stack, method, path, body=None):
    """Call the API until it answers without a server error. Returns the JSON."""
    answers = []

    def is_answered():
        with contextlib.suppress(OSError):
            answers.append(stack.call(method, path, body))
        return answers and answers[-1].status < 500

    wait_until(is_answered, seconds=30, why=stack.log)
    return answers[-1].json


def score(stack, board, entry):
    """Report a score, repeatedly until it is accepted. It counts once."""
    body = {"entries": [entry | {"idempotencyKey": f"{board}-{entry['player']}"}]}
    assert call_until_answered(stack, "POST", f"/v1/boards/{board}/scores", body)["data"]["rejected"] == []


def define(stack, name, **rules):
    """Define a board, and an action type that feeds it."""
    call_until_answered(stack, "PUT", f"/v1/admin/boards/{name}", {})
    call_until_answered(
        stack, "PUT", f"/v1/admin/action-types/{name}", {"boards": [name], "difficulty": 0} | rules
    )


def log_lines(stack):
    """The lines of the stack's log that are JSON."""
    text = (stack.data_dir / "serve.log").read_text()
    return [json.loads(line[line.index("{") :]) for line in text.splitlines() if line.endswith("}")]


def faults(stack):
    """The kinds of faults that happened: each is in the log."""
    lines = log_lines(stack)
    found = {line["when"] for line in lines if line["message"] == "chaos killed a request"}
    found |= {line["why"] for line in lines if line["message"] == "stream closed"}
    found |= {
        line["status"] for line in lines if line.get("path") == "/v1/actions/complete" and "status" in line
    }
    return found & {"before", "after", "cut", 503}


def play(stack, enough):
    """Play until `enough` is set. Returns the player, the number of wins, and the last score in an answer."""
    with contextlib.closing(Client(stack.url, patience_seconds=120)) as client:
        client.guest("Ada")
        receipts = [client.play("race")]
        while not enough.is_set():
            receipts.append(client.play("race"))
        return client.player.id, len(receipts), receipts[-1].new_score


def watch(stack):
    """The last rows that a watcher sees, without the row that ends the test."""
    with contextlib.closing(Client(stack.url, patience_seconds=120)) as client:
        for change in client.watch("race"):
            scores = {row.player: row.score for row in change.rows}
            if scores.pop("end", None):
                return scores
    raise AssertionError("the stream ended before the test")


def test_players_of_the_python_client_win_exactly_the_points_of_their_rounds(stack):
    define(stack, "race", points=POINTS)
    enough = threading.Event()

    with ThreadPoolExecutor(PLAYERS + WATCHERS) as pool:
        watching = [pool.submit(watch, stack) for _ in range(WATCHERS)]
        playing = [pool.submit(play, stack, enough) for _ in range(PLAYERS)]
        try:
            wait_until(lambda: len(faults(stack)) == 4, seconds=60, why=stack.log)
        finally:
            enough.set()
        results = [one.result(60) for one in playing]
        score(stack, "race", {"player": "end", "score": 1})
        seen = [one.result(60) for one in watching]

    won = {player: POINTS * times for player, times, _ in results}
    assert {player: score for player, _, score in results} == won
    assert seen == [won] * WATCHERS
    rows = call_until_answered(stack, "GET", "/v1/boards/race/entries")["data"]["entries"]
    assert {row["player"]["id"]: row["score"] for row in rows} == won | {"end": 1}
    assert verify(stack) == 0
    announcements = [line for line in log_lines(stack) if line["message"].startswith("chaos is on")]
    assert [line["chaos"] for line in announcements] == [CHAOS] * 2


def test_a_player_of_the_javascript_client_plays_and_watches(stack, node):
    define(stack, "node", points={"min": 1, "max": 10})
    score(stack, "node", {"player": "ada", "score": 9})

    done = subprocess.run(
        [node, WATCH_AND_PLAY, stack.url, "node", "node"],
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )

    assert done.returncode == 0, done.stderr
    output = json.loads(done.stdout)
    assert output["receipt"]["newScore"] == 7
    assert [(one["rank"], one["score"]) for one in output["live"]["entries"]] == [(1, 9), (2, 7)]
    assert output["stands"]["me"]["score"] == 7
