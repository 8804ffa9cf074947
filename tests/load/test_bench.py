"""The bench runs, and puts what it measured into a page."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.load import results
from tests.load.generator import Plan, Repeats, run
from tests.load.measure import Row
from tests.support import ROOT


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *words):
        pass


@pytest.fixture
def bare_port():
    """The port of something that answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def page_with(folder, *rows):
    page = folder / "performance.md"
    page.write_text(f"# Before\n\n{results.BEGIN}\n{results.END}\n\nAfter\n")
    if rows:
        results.write(page, rows, ("batch", "single"), options="usual")
    return page


def test_a_short_bench_writes_its_rows_beside_those_of_other_stages(tmp_path):
    page = page_with(
        tmp_path, Row(stage="batch", what="kept", value="1/s"), Row(stage="single", what="old", value="2/s")
    )

    done = subprocess.run(
        [sys.executable, "-m", "tests.load.bench", "--tiny", "--only", "single", "--write", str(page)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    text = page.read_text()
    kept, one, writers = results.read(page)
    assert (kept.stage, kept.what, kept.value) == ("batch", "kept", "1/s")
    assert one.stage == writers.stage == "single"
    assert "64 connections" in one.what
    assert "bare route" in one.reference
    assert float(one.ratio.split()[0]) > 0
    assert "p99 ≤ 100 ms" in one.goal
    assert "cores of" in text
    assert text.startswith("# Before")
    assert text.endswith("After\n")


def test_written_rows_can_be_read(tmp_path):
    rows = [
        Row(stage="batch", what="a", value="1/s", ratio="0.5"),
        Row(stage="single", what="b", value="2/s"),
    ]

    page = page_with(tmp_path, *rows)

    assert results.read(page) == rows
    assert "| a | 1/s | 0.5 |" in page.read_text()


@pytest.mark.alone
def test_the_generator_keeps_a_pace(bare_port):
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    sample, wrong = run(Plan(bare_port, [Repeats([request])], connections=4, seconds=1.0, a_second=50))

    assert not wrong
    assert 40 <= sample.done <= 55
