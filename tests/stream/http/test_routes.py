"""The stream over HTTP: events, polling, and refusals."""

from __future__ import annotations

import json
import time

import pytest

from tests.boards.calls import put, refusal, score
from tests.stream.steps import Viewer, publish


@pytest.fixture
def poll(client, parts):
    """Poll the stream of a board with one score."""
    score(client, "main", ada=1)
    publish(parts)
    parts.stream.hub.warm()
    return lambda **query: client.get("/v1/poll", query_string=query)


def events(answer, count):
    """The first events of a stream, which is then closed."""
    text = ""
    for part in answer.response:
        text += part.decode()
        if text.count("\n\n") >= count:
            break
    answer.close()
    blocks = [block.split("\n") for block in text.removesuffix("\n\n").split("\n\n")]
    return [dict(line.split(": ", 1) for line in block if not line.startswith(":")) for block in blocks]


def test_polling_without_a_cursor_gives_a_snapshot_and_a_cursor(poll, parts):
    body = poll().json

    assert [frame["t"] for frame in body["frames"]] == ["snapshot"]
    assert body["id"] == str(parts.stream.hub.head)
    assert 1000 <= body["retry_ms"] <= 2000


def test_polling_without_new_frames_gives_none(poll):
    first = poll()
    cursor = first.json["id"]

    assert poll(since=cursor).json["frames"] == []


def test_polling_with_an_etag_without_new_frames_is_304(poll, client):
    first = poll()

    again = client.get(f"/v1/poll?since={first.json['id']}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_a_stream_begins_with_hello_and_a_snapshot(client, poll, parts):
    answer = client.get("/v1/stream", buffered=False)

    hello, snapshot = events(answer, 2)

    assert (hello["event"], snapshot["event"]) == ("hello", "snapshot")
    assert json.loads(hello["data"])["resume"] == answer.headers["Scoreboard-Resume"] == "none"
    assert snapshot["id"] == str(parts.stream.hub.head)
    assert Viewer().take([json.loads(snapshot["data"])]).rows() == [("ada", 1)]
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "no-transform" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "identity"


def test_the_header_of_a_reconnecting_browser_wins_over_the_address(client, poll, parts):
    answer = client.get(
        "/v1/stream?since=1-1", headers={"Last-Event-ID": str(parts.stream.hub.head)}, buffered=False
    )

    assert answer.headers["Scoreboard-Resume"] == "ok"
    answer.close()


def test_a_viewer_that_leaves_gives_its_slot_back(client, poll, parts):
    answer = client.get("/v1/stream", buffered=False)
    events(answer, 1)

    assert parts.stream.slots.in_use == 0


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_without_a_free_slot_a_browser_is_refused_inside_a_stream(client, poll, parts, accept):
    parts.stream.slots.most = 0

    answer = client.get("/v1/stream", headers={"Accept": accept})

    if accept == "application/json":
        assert refusal(answer) == (503, "too_many_streams")
        assert 15 <= int(answer.headers["Retry-After"]) <= 30
    else:
        assert answer.status_code == 200
        assert json.loads(events(answer, 1)[0]["data"])["code"] == 201


def test_a_process_that_ends_sends_its_viewers_away(client, poll, parts):
    parts.stream.drain.drain()

    (bye,) = events(client.get("/v1/stream", headers={"Accept": "text/event-stream"}), 1)

    assert {"code": 101, "again": True, "why": "drain"}.items() <= json.loads(bye["data"]).items()


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("boards=none", 404, "board_not_found"),
        ("boards=main:eu", 404, "region_not_found"),
        ("boards=main@", 404, "period_not_found"),
        ("boards=main:", 404, "period_not_found"),
        ("boards=main:@", 404, "period_not_found"),
        ("boards=main,", 404, "board_not_found"),
        ("boards=secret", 404, "board_not_found"),
        ("boards=" + ",".join(f"b{n}" for n in range(9)), 400, "validation_failed"),
        ("boards=" + "x" * 1001, 400, "validation_failed"),
    ],
)
@pytest.mark.parametrize("path", ["stream", "poll"])
def test_boards_that_cannot_be_streamed_are_refused(client, path, query, status, code):
    put(client, "secret", public=False)

    answer = client.get(f"/v1/{path}?{query}", headers={"Authorization": ""})

    assert refusal(answer) == (status, code)


@pytest.mark.parametrize("wait", ["-1", "26", "long", "nan"])
def test_a_bad_wait_is_refused(poll, wait):
    assert refusal(poll(wait=wait)) == (400, "validation_failed")


def test_an_unknown_parameter_does_not_end_a_stream(client, poll):
    answer = client.get("/v1/stream?tab=3&pad=1", buffered=False)

    assert answer.status_code == 200
    answer.close()


def test_a_poll_waits_even_if_no_frame_could_be_published_yet(client, parts):
    parts.stream.hub.degraded = True
    first = client.get("/v1/poll?wait=5").json
    start = time.monotonic()

    again = client.get(f"/v1/poll?wait=0.5&since={first['id']}").json

    assert first["id"] == again["id"] == "0-0"
    assert first["frames"][0]["t"] == again["frames"][0]["t"] == "snapshot"
    assert time.monotonic() - start >= 0.5
