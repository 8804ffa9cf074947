"""A Pushpin in front: the same bytes at the same address, and it requests missed frames."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.crowd import Crowd
from tests.sockets import Raw
from tests.support import ROOT, Stack, free_port, wait_until
from tests.watcher import Watcher

KEY = "an edge's key of 32 characters or more"


@pytest.fixture
def edge(tmp_path):
    if not shutil.which("pushpin"):
        pytest.skip("MISSING: pushpin, so edges are not tested. On Debian: apt-get install pushpin")
    ports = {name: free_port() for name in ("http", "push", "sub", "control", "command")}
    stack = Stack(
        tmp_path / "data",
        {
            "STREAM_EDGE_URL": f"http://127.0.0.1:{ports['control']}",
            "STREAM_EDGE_KEY": KEY,
            "STREAM_TICK_MS": "50",
        },
    )
    text = (ROOT / "config/pushpin.conf").read_text()
    for old, new in (
        ("=/var/run/pushpin", f"={tmp_path}/run"),
        ("=/var/log/pushpin", f"={tmp_path}"),
        ("=/etc/pushpin/routes", f"={tmp_path}/routes"),
        ("=change-me-to-32-random-characters", f"={KEY}"),
        ("=7999", f"={ports['http']}"),
        (":5560", f":{ports['push']}"),
        (":5562", f":{ports['sub']}"),
        ("=5561", f"={ports['control']}"),
        (":5563", f":{ports['command']}"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "pushpin.conf").write_text(text)
    (tmp_path / "routes").write_text(f"* 127.0.0.1:{stack.port}\n")
    stack.start()
    with (tmp_path / "pushpin.log").open("wb") as log:
        process = subprocess.Popen(
            ["pushpin", f"--config={tmp_path}/pushpin.conf"],
            stdout=log,
            stderr=log,
            env=os.environ | {"HOME": str(tmp_path)},
        )
    yield stack, ports["http"], tmp_path
    process.terminate()
    process.wait(10)
    stack.end()


def test_viewers_of_an_edge_see_each_change_and_prove_it(edge):
    stack, port, folder = edge
    pushpin_log = lambda: (folder / "pushpin.log").read_text()[-3000:]  # noqa: E731
    wait_until(lambda: answers(stack, port), seconds=20, why=pushpin_log)
    watcher = Watcher(port, "main")
    watcher.wait("snapshot", seconds=20)
    crowd = Crowd(port, "/v1/stream?boards=main", 50)
    for step in range(10):
        body = {"entries": [{"player": f"p{step}", "score": 100 - step}]}
        assert stack.call("POST", "/v1/boards/main/scores", body).status == 200
        crowd.run(0.1)
    wait_until(lambda: len(watcher.lists["main"]) == 10, seconds=20, why=watcher.story)
    crowd.run(10, until=lambda: all(len(viewer.rows) == 10 for viewer in crowd.viewers))
    watcher.stop()
    crowd.close()

    rooms = stack.call("GET", "/v1/admin/rooms").json["data"]["processes"]
    assert watcher.faults == crowd.faults == []
    assert "delta" in watcher.kinds()
    assert all(len(viewer.rows) == 10 for viewer in crowd.viewers)
    assert sum(one["viewers"] for one in rooms) == 0, "the edge holds the viewers, not the server"


def answers(stack, port):
    other = Stack(stack.data_dir, port=port)
    return other.ready


def test_a_request_that_bypassed_the_edge_is_served_directly(edge):
    stack, _, _ = edge
    viewer = Raw(stack.port).send("/v1/stream", Grip_Sig="eyJhbGciOiJub25lIn0.e30.")
    head = viewer.until(b"event: snapshot")
    viewer.close()

    assert b"Grip-Hold" not in head
