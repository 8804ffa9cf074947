"""The simulated players of `make demo`, run as a user runs them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from tests.support import ROOT, wait_until


@pytest.fixture(scope="module")
def stack(own_stack):
    return own_stack


@pytest.fixture
def board(stack):
    """An empty board of this test's own, and an action type of the same name."""
    name = f"board-{len(stack.call('GET', '/v1/boards').json['data'])}"
    assert stack.call("PUT", f"/v1/admin/boards/{name}", {}).status == 201
    body = {"boards": [name], "points": {"min": 1, "max": 10}, "difficulty": 2}
    assert stack.call("PUT", f"/v1/admin/action-types/{name}", body).status == 201
    return name


@contextlib.contextmanager
def demo(stack, board, *words):
    """The demo, running on a board."""
    command = [sys.executable, "-m", "scoreboard_client.demo", "--board", board, "--pause", "0.2", *words]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "clients" / "python"),
        "DATA_DIR": str(stack.data_dir),
    }
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def rows(stack, board):
    """Display name and score of each player, by id."""
    answer = stack.call("GET", f"/v1/boards/{board}/entries?limit=100")
    return {
        row["player"]["id"]: (row["player"]["displayName"], row["score"])
        for row in answer.json["data"]["entries"]
    }


def names(stack, board):
    return {name for name, _ in rows(stack, board).values()}


def wait_for_end(process, seconds=10):
    """Exit status, standard output and standard error."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def test_players_play_until_their_time_is_over_and_each_new_leader_is_printed(stack):
    with demo(stack, "main", "--players", "3", "--seconds", "5") as process:
        status, out, err = wait_for_end(process, 30)

    first, *lines = out.splitlines()
    assert (status, err) == (0, "")
    assert first == f"3 players on {stack.url}/b/main · Stop: Ctrl-C"
    assert lines
    assert all(" leads with " in line for line in lines)
    assert names(stack, "main") == {"Ada", "Grace", "Linus"}


def test_players_play_on_after_the_server_was_restarted(stack, board):
    with demo(stack, board, "--players", "2", "--action", board) as process:
        wait_until(lambda: len(rows(stack, board)) == 2, seconds=30)
        stack.stop()
        stack.start()
        before = rows(stack, board)
        wait_until(lambda: all(rows(stack, board)[id] != row for id, row in before.items()), seconds=30)
        process.send_signal(signal.SIGINT)
        status, _, err = wait_for_end(process)

    assert (status, err) == (0, "")
    assert rows(stack, board).keys() == before.keys()  # no player had to sign in again


def test_ctrl_c_ends_it_soon_while_the_server_is_away(stack):
    with demo(stack, "main", "--players", "3") as process:
        assert "Ctrl-C" in process.stdout.readline()
        stack.stop()
        try:
            process.send_signal(signal.SIGINT)
            status, _, err = wait_for_end(process)
        finally:
            stack.start()

    assert (status, err) == (0, "")


def test_the_next_player_comes_when_one_has_reached_the_cap(stack, board):
    body = {"boards": [board], "points": 10, "difficulty": 2, "dailyCap": 10}
    assert stack.call("PUT", f"/v1/admin/action-types/{board}", body).status == 200
    with demo(stack, board, "--players", "1", "--action", board) as process:
        wait_until(lambda: len(rows(stack, board)) > 1, seconds=30)
        process.send_signal(signal.SIGINT)
        status, _, err = wait_for_end(process)

    assert (status, err) == (0, "")
    assert {"Ada", "Grace"} <= names(stack, board)


def test_the_next_player_comes_when_one_may_not_score(stack, board):
    with demo(stack, board, "--players", "1", "--action", board) as process:
        wait_until(lambda: rows(stack, board), seconds=30)
        (first,) = rows(stack, board)
        assert stack.call("POST", f"/v1/admin/players/{first}/disable-scoring").status == 200
        wait_until(lambda: "Grace" in names(stack, board), seconds=30)
        process.send_signal(signal.SIGINT)
        status, _, err = wait_for_end(process)

    assert (status, err) == (0, "")


def test_the_reason_why_nobody_can_play_is_printed_once(stack):
    with demo(stack, "main", "--action", "nothing") as process:
        status, out, err = wait_for_end(process)

    assert status == 1
    assert out.count("\n") == 1
    assert err.startswith("The players are refused: unknown_action_type")
    assert err.count("\n") == 1
