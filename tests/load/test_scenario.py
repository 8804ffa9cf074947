"""The load test, small: whether it plays, counts, judges and reports right."""

from __future__ import annotations

import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import gevent
import psycopg
import pytest

from tests.load.scenario import calls as calls_module
from tests.load.scenario import points, server, viewer
from tests.load.scenario.calls import Calls, Refused, try_out
from tests.load.scenario.plan import Plan, read_plan, with_options
from tests.load.scenario.records import API, COMPLETE, STREAM, Records, percentile
from tests.load.scenario.verdicts import verdicts
from tests.support import ROOT, Stack, free_port, submit

SMALL = {
    "USERS": "8",
    "RAMP_SECONDS": "0.5",
    "HOLD_SECONDS": "2",
    "DOWN_SECONDS": "0.5",
    "PAUSE_SECONDS": "0.2",
    # Anything that runs beside makes it slow.
    "API_P95_MS": "10000",
    "STREAM_P95_MS": "10000",
}


def run(output: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`make load` with these settings."""
    return subprocess.run(
        [sys.executable, "-m", "tests.load.scenario"],
        cwd=ROOT,
        env=os.environ | SMALL | {"PYTHONPATH": "clients/python", "OUTPUT": str(output)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_users_play_on_a_server_and_their_points_are_right(stack: Stack, tmp_path: Path):
    before = total(stack)

    done = run(tmp_path, URL=stack.url, ACTION="load")

    assert done.returncode == 0, done.stdout + done.stderr
    told = re.search(r"ok +the board shows the ([\d,]+) points of (\d+) players", done.stdout)
    assert told, done.stdout
    assert total(stack) - before == int(told[1].replace(",", "")) > 0
    assert 1 <= int(told[2]) <= 8
    assert re.search(r"ok +stream, to its first frame: p95 \d+ ms of 8,", done.stdout), done.stdout
    page = (tmp_path / "127.0.0.1-8-users.html").read_text()
    assert page.count("<svg") == 5
    assert set(re.findall(r"https?://[^\s<\"]+", page)) == {f"{stack.url}:"}, "other hosts are asked for"
    assert "<script" not in page
    assert "src=" not in page
    assert (tmp_path / "runs.md").read_text().count("\n") == 3


def test_a_missed_threshold_is_printed_and_is_exit_status_1(tmp_path: Path):
    done = run(tmp_path, API_P95_MS="0.001", USERS="3")

    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"FAIL +API, all calls: p95 \d+ ms of \d+, must be below 0.001 ms", done.stdout)
    assert re.search(r"ok +the board shows the [\d,]+ points", done.stdout), done.stdout
    assert re.search(r"ok +verify: 0 differences", done.stdout)
    assert "generator" in (tmp_path / "runs.md").read_text()
    assert "not everything holds" in (tmp_path / "sqlite-3-users.html").read_text()
    url = re.search(r"users on (\S+),", done.stdout)[1]
    with pytest.raises(OSError, match="refused"):
        Stack(tmp_path, port=int(url.rpartition(":")[2])).call("GET", "/healthz")


def test_an_impossible_plan_is_refused_before_the_first_user(stack: Stack):
    try_out(Plan(url=stack.url, action="load"))

    with pytest.raises(OSError, match="404 unknown_action_type"):
        try_out(Plan(url=stack.url, action="unheard-of"))
    with pytest.raises(OSError, match="404 board_not_found"):
        try_out(Plan(url=stack.url, board="unheard-of"))
    with pytest.raises(OSError, match="refused"):
        try_out(Plan(url=f"http://127.0.0.1:{free_port()}"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_is_not_empty_is_not_touched(kind, tmp_path: Path, request):
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'ours.db'}"
        (tmp_path / "ours.db").write_bytes(b"precious")
    else:
        url = request.getfixturevalue("postgres").create("precious")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE precious (id int)")

    with pytest.raises(server.NotEmpty), server.start(tmp_path, url):
        pass

    if kind == "sqlite":
        assert (tmp_path / "ours.db").read_bytes() == b"precious"


def test_points_that_are_missing_on_the_board_are_found(stack: Stack):
    submit(stack, "main", {"player": "ada", "score": 7}, {"player": "bob", "score": 5})
    plan, records = Plan(url=stack.url), Records()
    records.players["ada"].points, records.players["bob"].points = 7, 5
    assert points.compare(plan, records)[1]

    records.players["ada"].points = 8
    text, holds = points.compare(plan, records, patience_seconds=0)
    assert not holds
    assert "ada: 7 instead of 8" in text

    records.players["ada"].points = 6
    assert not points.compare(plan, records, patience_seconds=0)[1], "counted twice"
    records.players["ada"].doubtful = 1
    assert points.compare(plan, records, patience_seconds=0)[1], "it may have been counted"


class Moody(http.server.BaseHTTPRequestHandler):
    """Says wait, hangs up, says no, then yes."""

    protocol_version = "HTTP/1.1"
    got: list[bytes]
    moods: list[int]

    def do_POST(self):
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        mood = self.moods.pop(0)
        if not mood:
            self.close_connection = True
            return
        body = json.dumps({"data": {"increment": 3}, "code": f"code_{mood}"}).encode()
        self.send_response(mood)
        self.send_header("Content-Length", str(len(body)))
        if mood == 503:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def moody():
    """The requests that the server got, its next kinds of answers, and its URL."""
    handler = type("Handler", (Moody,), {"got": [], "moods": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield handler.got, handler.moods, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_call_is_repeated_until_the_server_accepts_or_refuses_it(moody, monkeypatch):
    monkeypatch.setattr(calls_module, "AGAIN_SECONDS", 0.01)
    got, moods, url = moody
    moods += [503, 0, 500, 200]
    records = Records()
    calls = Calls(url, records.request)

    answer = calls.call(COMPLETE, "POST", "/", {"actionToken": "t"})

    assert answer == {"increment": 3}
    assert got == [b'{"actionToken":"t"}'] * 4
    assert records.waits == {"complete action: 503 code_503": 1}
    assert len(records.failures) == 2, "no answer, and an error that does not say when to come back"
    assert len(records.calls[COMPLETE]) == 1
    moods += [404]
    with pytest.raises(Refused, match="code_404"):
        calls.call(COMPLETE, "POST", "/", {})
    calls.close()


def frame(text: str) -> bytes:
    """A frame as a chunk of its own."""
    return f"{len(text):x}\r\n{text}\r\n".encode()


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HELLO = frame('retry: 1000\n: padding\n\nevent: hello\ndata: {"t":"hello"}\n\n')


def test_a_viewer_reconnects_from_its_cursor_after_a_bye(monkeypatch):
    monkeypatch.setattr(viewer, "READ_SECONDS", 0.01)
    streams = [
        [HELLO, frame('event: delta\nid: 7-1\ndata: {"id":"7-1"}\n\n'), bye("max_age")],
        [bye("ip_limit")],
        [HELLO[:-9], HELLO[-9:]],
    ]
    asked: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        for stream in streams:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(4096))
                for part in (HEAD, *stream):
                    connection.sendall(part)

    records = Records()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/below/a/path"
        watching = gevent.spawn(viewer.hold, url, "main", records, records.request)
        with gevent.Timeout(10):
            while not records.failures:
                gevent.sleep(0.01)
        watching.kill()
        thread.join()

    assert all(one.startswith(b"GET /below/a/path/v1/stream?") for one in asked)
    assert [b"since=7-1" in one for one in asked] == [False, True, True]
    assert len(records.calls[STREAM]) == 2, "the one that was refused was not opened"
    assert records.waits == {"open stream: ip_limit": 1}
    assert list(records.failures) == ["open stream: interrupted: OSError('it ended without a bye')"]


def bye(why: str) -> bytes:
    return frame(f'event: bye\ndata: {{"t":"bye","code":1,"why":"{why}","again":true,"retry_ms":10}}\n\n')


def test_the_number_of_users_rises_stays_and_falls():
    plan = read_plan({"USERS": "1000", "RAMP_SECONDS": "60", "HOLD_SECONDS": "120", "DOWN_SECONDS": "10"})

    assert [plan.users_at(at) for at in (0, 30, 60, 179, 185, 189.99, 190)] == [
        *(100, 550, 1000, 1000),
        *(500, 1, None),
    ]
    with pytest.raises(ValueError, match="USERS=many is not a number"):
        read_plan({"USERS": "many"})


def a_run(ms: float, *, waits: int = 0, failures: int = 0) -> Records:
    records = Records()
    for name in (*API, STREAM):
        records.calls[name] = [(70.0, ms)] * 100
    records.waits[f"{COMPLETE}: 503 unavailable"] = waits
    records.waits["sign in: 429 rate_limited"] = 1000
    if failures:
        records.failures["read board: 500"] = failures
    return records


@pytest.mark.parametrize(
    ("records", "holds"),
    [
        (a_run(199), True),
        (a_run(200), False),
        (a_run(199, waits=4), True),
        (a_run(199, waits=5), False),
        (a_run(199, failures=1), False),
        (Records(), False),
    ],
)
def test_a_run_holds_if_it_is_fast_and_nothing_fails(records: Records, holds):
    assert all(one.holds for one in verdicts(Plan(), records)) == holds


def test_one_slow_call_among_fast_ones_is_found():
    records = a_run(10)
    records.calls[COMPLETE] = [(70.0, 10.0)] * 94 + [(70.0, 900.0)] * 6

    assert [one.text for one in verdicts(Plan(), records) if not one.holds] == [
        "complete action: p95 900 ms of 100, must be below 200 ms"
    ]
    assert percentile([(0.0, 5.0)], 0.95) == 5


def total(stack: Stack) -> int:
    """All points on the board."""
    rows = stack.call("GET", "/v1/boards/main/entries?limit=1000").json["data"]["entries"]
    return sum(row["score"] for row in rows)


@pytest.mark.parametrize(
    ("options", "users", "ramp", "hold", "down"),
    [
        ({}, 1000, 60, 60, 30),
        ({"users": 50}, 50, 60, 60, 30),
        ({"users": 50, "rate": 5.0}, 50, 10, 60, 30),
        ({"users": 50, "rate": 5.0, "seconds": 120}, 50, 10, 110, 0),
        ({"users": 50, "rate": 5.0, "seconds": 4}, 20, 4, 0, 0),
        ({"seconds": 90}, 1000, 60, 30, 0),
    ],
)
def test_locusts_own_options_override_the_plan(options, users, ramp, hold, down):
    plan = with_options(Plan(), **{"users": None, "rate": None, "seconds": None} | options)

    assert (plan.users, plan.ramp_seconds, plan.hold_seconds, plan.down_seconds) == (users, ramp, hold, down)
    assert plan.users_a_second == options.get("rate", 100.0)


def test_locusts_own_command_takes_its_options(stack: Stack, tmp_path: Path):
    words = ["-m", "locust", "-f", "tests/load/scenario/locustfile.py", "--headless", "--host", stack.url]
    environment = {"PYTHONPATH": ".:clients/python", "ACTION": "load", "OUTPUT": str(tmp_path)}
    begun = time.monotonic()

    done = subprocess.run(
        [sys.executable, *words, "-u", "4", "-r", "4", "-t", "3s"],
        cwd=ROOT,
        env=os.environ | SMALL | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "while 4 users were there" in done.stdout
    assert "will be ignored" not in done.stderr
    assert 3 < time.monotonic() - begun < 30
