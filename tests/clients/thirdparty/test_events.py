"""Event-stream readers of other vendors: after a cut connection they continue from their cursor."""

from __future__ import annotations

import json
import subprocess

import httpx
import httpx_sse
import pytest

from tests.clients.thirdparty.node import tool
from tests.support import Stack, submit
from tests.tcpproxy import TcpProxy
from tests.watcher import apply, checksum


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    quick = {"STREAM_HEARTBEAT_SECONDS": "1", "STREAM_TICK_MS": "50"}
    stack = Stack(tmp_path_factory.mktemp("stack"), quick)
    stack.start()
    yield stack
    stack.end()


@pytest.fixture
def board(stack, request):
    name = request.node.name.removeprefix("test_").replace("_", "-")
    assert stack.call("PUT", f"/v1/admin/boards/{name}", {}).status == 201
    submit(stack, name, {"player": "ada", "score": 1})
    return name


@pytest.fixture
def proxy(stack):
    proxy = TcpProxy(stack.port)
    yield proxy
    proxy.close()


class CheckedStream:
    """The events that a reader delivered, checked as docs/stream.md demands."""

    def __init__(self) -> None:
        self.names, self.rows, self.s, self.id = [], [], None, ""

    def take(self, name, id, frame):
        self.names.append(name)
        assert name == frame["t"]
        self.id = frame.get("id", self.id)
        assert id == self.id
        if name == "snapshot":
            self.rows, self.s = frame["top"], frame["s"]
        if name == "delta":
            assert frame["p"] == self.s
            self.rows, self.s = apply(self.rows, frame), frame["s"]
        if name in ("snapshot", "delta"):
            assert checksum(self.rows) == frame["crc"]


def read_until(events, seen, name):
    for event in events:
        seen.take(*event)
        if event[0] == name:
            return
    raise AssertionError(f"no {name} in {seen.names}")


def test_httpx_sse(stack, board):
    seen = CheckedStream()

    def events(client, **query):
        with httpx_sse.connect_sse(
            client, "GET", f"{stack.url}/v1/stream", params={"boards": board, **query}
        ) as source:
            for event in source.iter_sse():
                yield event.event, event.id or seen.id, event.json()

    with httpx.Client(timeout=20) as client:
        first = events(client)
        read_until(first, seen, "hb")
        submit(stack, board, {"player": "bob", "score": 2})
        read_until(first, seen, "delta")
        first.close()
        submit(stack, board, {"player": "eve", "score": 3})
        again = events(client, since=seen.id)
        read_until(again, seen, "delta")
        assert stack.call("DELETE", f"/v1/admin/boards/{board}").status == 204
        read_until(again, seen, "bye")

    plain = [name for name in seen.names if name not in ("hb", "notice", "reset")]
    assert plain == ["hello", "snapshot", "delta", "hello", "delta", "bye"]
    assert [row["id"] for row in seen.rows] == ["eve", "bob", "ada"]


def test_eventsource_2(stack, board, proxy, node):
    address = f"http://127.0.0.1:{proxy.port}/v1/stream?boards={board}"
    tool.modules()
    seen = CheckedStream()
    with subprocess.Popen(
        [node, tool.HERE / "follow-eventsource.js", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def events():
            for line in process.stdout:
                event = json.loads(line)
                yield event["name"], event["id"], event["frame"]

        read_until(events(), seen, "hb")
        submit(stack, board, {"player": "bob", "score": 2})
        read_until(events(), seen, "delta")
        proxy.cut()
        submit(stack, board, {"player": "eve", "score": 3})
        read_until(events(), seen, "delta")
        assert stack.call("DELETE", f"/v1/admin/boards/{board}").status == 204
        read_until(events(), seen, "bye")
        process.stdin.close()

    plain = [name for name in seen.names if name not in ("hb", "notice", "reset")]
    assert plain == ["hello", "snapshot", "delta", "hello", "delta", "bye"]
    assert [row["id"] for row in seen.rows] == ["eve", "bob", "ada"]
