"""The stream as viewers see it: no frame is missed or doubled, and every list has the right checksum."""

from __future__ import annotations

import http.client
import os
import random
import signal
import time

import pytest
from redis import Redis

from tests.support import Stack, submit, wait_until
from tests.watcher import Watcher

ENVIRONMENT = {"WEB_CONCURRENCY": "2", "STREAM_HEARTBEAT_SECONDS": "1", "STREAM_TICK_MS": "50"}


@pytest.fixture(scope="module", params=["handover", "generator"])
def stack(request, tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("stream"), ENVIRONMENT | {"STREAM_MODE": request.param})
    stack.start()
    yield stack
    stack.end()


@pytest.fixture
def board(stack, request):
    name = f"b{abs(hash(request.node.name)) % 10**8}"
    body = {"ties": "competition", "regions": ["eu"], "size": 20}
    assert stack.call("PUT", f"/v1/admin/boards/{name}", body).status == 201
    return name


def rows_of(stack, board, limit=20):
    data = stack.call("GET", f"/v1/boards/{board}/entries?limit={limit}").json["data"]
    return [(row["player"]["id"], row["score"]) for row in data["entries"]]


def list_of(watcher, board):
    return [(line["id"], line["s"]) for line in watcher.lists.get(board, [])]


def test_a_viewer_gets_hello_then_the_board_then_its_changes(stack, board):
    submit(stack, board, {"player": "ada", "score": 1})
    watcher = Watcher(stack.port, board)
    watcher.wait("snapshot")

    submit(stack, board, {"player": "bob", "score": 2})
    watcher.wait("delta")
    watcher.wait("hb")
    watcher.stop()

    assert watcher.kinds()[:2] == ["hello", "snapshot"]
    assert watcher.frames[0]["resume"] == "none"
    assert list_of(watcher, board) == [("bob", 2), ("ada", 1)]
    assert watcher.faults == []


def test_a_viewer_that_lost_the_connection_is_resumed_without_a_snapshot(stack, board):
    # Ten rows, so that a snapshot is longer than the changes in any number of frames; published before the
    # first watcher, because the first frame of a board is a snapshot itself.
    names = [f"p{number}" for number in range(10)]
    submit(stack, board, *({"player": name, "score": 100 - place} for place, name in enumerate(names)))
    first_frame = lambda: stack.call("GET", f"/v1/poll?boards={board}").json["frames"][0]  # noqa: E731
    wait_until(lambda: first_frame()["s"] > 0 and first_frame()["tot"] == len(names))
    watcher = Watcher(stack.port, board, reconnect=False)
    wait_until(lambda: watcher.lists.get(board), why=watcher.story)
    watcher.stop()
    submit(stack, board, {"player": "bob", "score": 200})
    wait_until(lambda: first_frame()["tot"] == len(names) + 1)

    again = Watcher(stack.port, board, since=watcher.cursor, lists=watcher.lists, seen=watcher.seen)
    again.wait("delta")
    again.stop()

    assert again.frames[0]["resume"] == "ok"
    assert "snapshot" not in again.kinds()
    assert [player for player, _ in list_of(again, board)] == ["bob", *names]


def test_a_stream_continues_a_list_that_was_read_without_a_gap(stack, board):
    submit(stack, board, {"player": "ada", "score": 1})
    path = f"/v1/boards/{board}/entries"
    wait_until(lambda: stack.call("GET", path).json["data"]["id"] != "0-0")
    data = stack.call("GET", path).json["data"]

    rows = [{"id": row["player"]["id"], "s": row["score"]} for row in data["entries"]]
    seen = int(data["id"].split("-")[1])
    watcher = Watcher(stack.port, board, since=data["id"], lists={board: rows}, seen={board: seen})
    submit(stack, board, {"player": "bob", "score": 2})
    watcher.wait("delta")
    watcher.stop()

    assert watcher.frames[0]["resume"] == "ok"
    assert list_of(watcher, board) == [("bob", 2), ("ada", 1)]
    assert watcher.faults == []


@pytest.mark.parametrize("since", ["nonsense", "1-1", "99999999999999-5", "-", "9" * 30 + "-1"])
def test_no_cursor_is_ever_refused(stack, board, since):
    submit(stack, board, {"player": "ada", "score": 1})
    watcher = Watcher(stack.port, board, since=since, reconnect=False)

    why = watcher.wait("snapshot")["why"]
    watcher.stop()

    assert why in ("bad_cursor", "epoch", "ahead")


def test_polling_gives_the_same_frames(stack, board):
    submit(stack, board, {"player": "ada", "score": 1})
    poll = lambda: stack.call("GET", f"/v1/poll?boards={board}").json  # noqa: E731
    wait_until(lambda: poll()["frames"][0]["s"] > 0)  # published, which takes a moment
    first = poll()
    submit(stack, board, {"player": "bob", "score": 2})

    second = stack.call("GET", f"/v1/poll?boards={board}&since={first['id']}&wait=10").json
    third = stack.call("GET", f"/v1/poll?boards={board}&since={second['id']}").json

    assert first["frames"][0]["t"] == "snapshot"
    assert [frame["t"] for frame in second["frames"]] == ["delta"]
    assert (third["frames"], third["id"]) == ([], second["id"])


def test_viewers_converge_through_cuts_kills_and_an_emptied_redis(stack, board):
    draw = random.Random(5)
    watchers = [Watcher(stack.port, board, f"{board}:eu") for _ in range(8)]
    for step in range(120):
        entry = {"player": f"p{draw.randrange(30)}", "score": draw.randrange(1, 9)}
        if draw.random() < 0.5:
            entry["region"] = "eu"
        with_retry(stack, board, entry)
        if draw.random() < 0.2:
            draw.choice(watchers).cut()
        if step in (40, 80):
            os.kill(draw.choice(stack.workers), signal.SIGKILL)
        if step == 60:
            with Redis(unix_socket_path=stack.redis_socket) as redis:
                redis.flushall()
    expected = rows_of(stack, board)

    wait_until(
        lambda: all(list_of(watcher, board) == expected for watcher in watchers),
        seconds=20,
        why=watchers[0].story,
    )
    for watcher in watchers:
        watcher.stop()

    assert [watcher.faults for watcher in watchers if watcher.faults] == []
    assert all("delta" in watcher.kinds() for watcher in watchers)


def test_a_new_period_or_another_order_resets_the_list(stack, board):
    submit(stack, board, {"player": "ada", "score": 1}, {"player": "bob", "score": 2})
    watcher = Watcher(stack.port, board)
    wait_until(lambda: list_of(watcher, board) == [("bob", 2), ("ada", 1)], why=watcher.story)

    assert stack.call("PUT", f"/v1/admin/boards/{board}", {"order": "asc", "regions": ["eu"]}).status == 200
    wait_until(lambda: list_of(watcher, board) == [("ada", 1), ("bob", 2)], seconds=15, why=watcher.story)
    watcher.stop()

    assert "reset" in str(watcher.frames)
    assert watcher.faults == []


@pytest.mark.paired
def test_a_process_that_ends_sends_a_bye(tmp_path):
    stack = Stack(tmp_path, ENVIRONMENT)
    stack.start()
    watchers = [Watcher(stack.port, "main", reconnect=False) for _ in range(5)]
    for watcher in watchers:
        watcher.wait("snapshot")
    idle = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=1)
    idle.request("GET", "/healthz")
    idle.getresponse().read()

    started = time.monotonic()
    stack.stop()
    seconds = time.monotonic() - started

    assert idle.sock.recv(1) == b""
    idle.close()
    assert "SIGKILL" not in stack.log()  # which honcho logs after waiting in vain
    for watcher in watchers:
        bye = watcher.wait("bye")
        assert (bye["code"], bye["again"]) == (101, True)
        watcher.stop()
    assert seconds < 15


def with_retry(stack, board, entry):
    entry = entry | {"idempotencyKey": f"{time.monotonic_ns()}"}
    for _ in range(100):
        try:
            return submit(stack, board, entry)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no process answers")
