"""`make run`: one command, an address that answers, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support import KEY, ROOT, Stack, children, wait_until


def with_descendants(pid: int) -> list[int]:
    """A process with all its descendants."""
    return [pid, *(one for child in children(pid) for one in with_descendants(child))]


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_ctrl_c_stops_everything_and_leaves_nothing_behind(tmp_path):
    stack = Stack(tmp_path)
    stack.start()
    socket_path = Path(stack.redis_socket)
    running = with_descendants(stack.process.pid)

    stack.process.send_signal(signal.SIGINT)
    stack.process.wait(20)

    assert len(running) > 6
    wait_until(
        lambda: all(map(has_ended, running)),
        seconds=10,
        why=lambda: [one for one in running if not has_ended(one)],
    )
    assert not socket_path.parent.exists()
    assert not (tmp_path / "redis.url").exists()


def test_ctrl_c_stops_everything_though_its_output_is_closed(tmp_path):
    stack = Stack(tmp_path)
    stack.start(pipe=True)
    running = with_descendants(stack.process.pid)
    stack.process.stdout.close()  # as `make run | tee log` ends: tee is interrupted too

    stack.process.send_signal(signal.SIGINT)
    stack.process.wait(20)

    wait_until(lambda: all(map(has_ended, running)), seconds=10)


def test_a_second_server_on_the_same_folder_is_refused(tmp_path):
    stack = Stack(tmp_path)
    stack.start()
    second = command("serve", DATA_DIR=str(tmp_path), PORT="0")
    ready = stack.ready
    stack.stop()

    assert second.returncode == 1
    assert "Another server is running on" in second.stderr
    assert ready


def test_after_a_stop_the_database_file_alone_is_a_complete_copy(tmp_path):
    stack = Stack(tmp_path)
    stack.start()
    stack.call("POST", "/v1/boards/main/scores", {"entries": [{"player": "ada", "score": 7}]})
    stack.stop()

    wal = tmp_path / "scoreboard.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0


@pytest.mark.paired
def test_a_second_start_reuses_everything_and_serves_within_five_seconds(tmp_path):
    stack = Stack(tmp_path)
    stack.start()
    stack.call("POST", "/v1/boards/main/scores", {"entries": [{"player": "ada", "score": 7}]})
    stack.stop()

    started = time.monotonic()
    stack.start()
    seconds = time.monotonic() - started
    rows = stack.call("GET", "/v1/boards/main/entries").json["data"]["entries"]
    stack.stop()

    assert [row["score"] for row in rows] == [7]
    assert seconds < 15  # 2 to 3 on two idle cores; the promise is five, but a test must not depend on load


def test_the_address_and_a_first_score_are_printed(tmp_path):
    stack = Stack(tmp_path)
    stack.start()
    wait_until(lambda: f"serving at {stack.url}" in stack.log(), seconds=10, why=stack.log)
    printed = stack.log()
    stack.stop()

    assert f"curl {stack.url}/v1/boards/main/scores" in printed


@pytest.mark.parametrize("host", ["::1", "[::]"])
def test_an_ipv6_address_is_served_and_printed(host, tmp_path):
    stack = Stack(tmp_path, {"HOST": host})
    url = f"http://[::1]:{stack.port}"
    stack.start(wait=False)
    wait_until(lambda: f"serving at {url}" in stack.log(), seconds=60, why=stack.log)
    with urllib.request.urlopen(f"{url}/v1/boards", timeout=10) as answer:
        status = answer.status
    both = stack.ready  # which calls by IPv4
    printed = stack.log()
    stack.stop()

    assert status == 200
    assert both == (host == "[::]")
    assert ("Only this machine" in printed) == (host == "::1")


def test_verify_and_rebuild_find_the_redis_of_the_running_server(tmp_path):
    stack = Stack(tmp_path)
    stack.start()
    stack.call("POST", "/v1/boards/main/scores", {"entries": [{"player": "ada", "score": 7}]})
    done = [command(name, DATA_DIR=str(tmp_path)) for name in ("rebuild", "verify")]
    stack.stop()

    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert "1 windows built, 1 standings" in done[0].stdout
    assert "0 differences" in done[1].stdout


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "taken"}, "Port"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR"),
        ({"PORT": "eight"}, "PORT must be a whole number, not 'eight'"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with"),
        ({"HOST": "no-such-host.invalid"}, "set HOST=127.0.0.1"),
        ({"HOST": "x86_64-conda-linux-gnu"}, "conda and compilers export HOST"),
        ({"HOST": "192.0.2.1"}, "HOST=192.0.2.1 can't be used, it is not an address"),
    ],
)
def test_a_start_that_fails_is_explained_in_one_sentence(environment, words, tmp_path):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = {
            "DATA_DIR": str(tmp_path),
            "PORT": port if "PORT" not in environment else "0",
        } | environment
        if environment["PORT"] == "taken":
            environment["PORT"] = port
        done = command("serve", **environment)

    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m scoreboard …` to its end."""
    kept = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "scoreboard", *words],
        cwd=ROOT,
        env=kept | {"SCOREBOARD_BOOTSTRAP_KEY": KEY} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
