"""Open streams by every carrier: viewers that come, stay, lag, leave, and are sent away."""

from __future__ import annotations

import json
import socket
import struct
import time

import pytest

from tests.sockets import (
    Raw,
    close_all,
    dechunk,
    events,
    mask_frame,
    messages,
    seconds_until,
    upgrade,
)
from tests.strictevents import body_of, strict_events
from tests.support import Stack, submit, wait_until
from tests.watcher import Watcher, apply, checksum

ENVIRONMENT = {
    "STREAM_HEARTBEAT_SECONDS": "1",
    "STREAM_TICK_MS": "50",
    "STREAM_MAX_PER_ADDRESS": "5",
    "STREAM_ORIGINS": "https://game.example",
    "KEEP_ALIVE_SECONDS": "2",  # many of these read until the connection ends
}


@pytest.fixture(scope="module", params=["handover", "generator"])
def stack(request, tmp_path_factory):
    mode = {"STREAM_MODE": request.param}
    stack = Stack(tmp_path_factory.mktemp("viewers"), ENVIRONMENT | mode)
    stack.start()
    yield stack
    stack.end()


@pytest.fixture
def board(stack, request):
    name = f"b{abs(hash(request.node.name)) % 10**8}"
    body = {"regions": ["eu"], "windows": ["daily"], "size": 1000}
    assert stack.call("PUT", f"/v1/admin/boards/{name}", body).status == 201
    return name


@pytest.fixture(autouse=True)
def close_connections():
    yield
    close_all()


def viewer_count(stack, board):
    processes = stack.call("GET", "/v1/admin/rooms").json["data"]["processes"]
    return sum(room["viewers"] for one in processes for room in one["rooms"] if room["room"] == board)


def open_stream(stack, board, **headers):
    viewer = Raw(stack.port).send(f"/v1/stream?boards={board}", **headers)
    viewer.until(b"event: snapshot")
    return viewer


def rows_of(frames):
    """The rows that these frames make, by the protocol's rules."""
    rows, seen = [], None
    for frame in frames:
        if frame["t"] == "snapshot":
            rows, seen = frame["top"], frame["s"]
        elif frame["t"] == "delta" and frame["s"] > seen:
            assert frame["p"] == seen
            rows, seen = apply(rows, frame), frame["s"]
        if frame["t"] in ("snapshot", "delta"):
            assert checksum(rows) == frame["crc"]
    return [(row["id"], row["s"]) for row in rows]


@pytest.mark.paired
def test_viewers_that_leave_are_noticed_within_a_second(stack, board):
    viewers = [open_stream(stack, board) for _ in range(20)]
    sockets = [upgrade(stack.port, f"/v1/ws?boards={board}") for _ in range(5)]
    wait_until(lambda: viewer_count(stack, board) == 25)

    for viewer in viewers + sockets:
        viewer.close()

    assert seconds_until(lambda: viewer_count(stack, board) == 0, most=5) < 1


def test_a_websocket_carries_the_same_frames(stack, board):
    submit(stack, board, {"player": "ada", "score": 1})
    viewer = upgrade(stack.port, f"/v1/ws?boards={board}")
    viewer.until(b'"t":"snapshot"')
    submit(stack, board, {"player": "bob", "score": 2})
    got = viewer.until(b'"t":"delta"')
    got = viewer.until(b'"t":"hb"')
    viewer.close()

    frames = [json.loads(text) for opcode, text in messages(got) if opcode == 1]
    assert got.startswith(b"HTTP/1.1 101")
    assert b"extensions" not in got.partition(b"\r\n\r\n")[0].lower()
    assert [frame["t"] for frame in frames][:2] == ["hello", "snapshot"]
    assert rows_of(frames) == [("bob", 2), ("ada", 1)]


def test_a_websocket_resumes_from_a_cursor(stack, board):
    submit(stack, board, {"player": "ada", "score": 1})
    first = stack.call("GET", f"/v1/poll?boards={board}").json
    viewer = upgrade(stack.port, f"/v1/ws?boards={board}&since={first['id']}")

    hello = json.loads(messages(viewer.until(b"hello"))[0][1])
    viewer.close()

    assert hello["resume"] == "ok"


def test_a_websocket_answers_pings_and_a_close(stack, board):
    viewer = upgrade(stack.port, f"/v1/ws?boards={board}")
    viewer.until(b'"t":"snapshot"')
    viewer.socket.sendall(mask_frame(9, b"there?"))
    viewer.until(b"\x8a\x06there?")
    viewer.socket.sendall(mask_frame(8, struct.pack("!H", 1000)))

    assert messages(viewer.rest())[-1] == (8, struct.pack("!H", 1000))


@pytest.mark.parametrize(
    ("sent", "code"),
    [([mask_frame(1, b"x" * 1025)], 1009), ([mask_frame(1, b"hi")] * 11, 1008), ([b"\x81\x02hi"], 1002)],
    ids=["too much", "too often", "unmasked"],
)
def test_a_websocket_that_sends_too_much_is_closed(stack, board, sent, code):
    viewer = upgrade(stack.port, f"/v1/ws?boards={board}")
    viewer.until(b'"t":"snapshot"')
    viewer.socket.sendall(b"".join(sent))

    opcode, content = messages(viewer.rest())[-1]

    assert (opcode, content[:2]) == (8, struct.pack("!H", code))


@pytest.mark.parametrize(
    ("path", "origin", "code"),
    [
        ("/v1/ws", "https://evil.example", 401),
        ("/v1/ws", "http://[", 401),
        ("/v1/ws", "null", 401),
        ("/v1/ws?boards=nothing-here", "https://game.example", 404),
        ("/v1/ws?boards=secret", "https://game.example", 404),
    ],
)
def test_a_refused_websocket_gets_a_bye_with_its_reason(stack, path, origin, code):
    stack.call("PUT", "/v1/admin/boards/secret", {"public": False})
    viewer = upgrade(stack.port, path, Origin=origin)

    (_, text), (opcode, content) = messages(viewer.rest())

    bye = json.loads(text)
    assert (bye["t"], bye["code"], bye["again"]) == ("bye", code, False)
    assert (opcode, content[:2]) == (8, struct.pack("!H", 4000 + code))


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ("json", "json"),
        ("graphql-ws, json", "graphql-ws"),
        ("v1.scores", "v1.scores"),
        (", ,json", "json"),
        ("no name;, json", "json"),
    ],
)
def test_a_websocket_gets_the_first_subprotocol_that_it_offers(stack, board, offered, chosen):
    viewer = upgrade(stack.port, f"/v1/ws?boards={board}", Sec_WebSocket_Protocol=offered)

    head = viewer.until(b'"t":"snapshot"').partition(b"\r\n\r\n")[0].lower()
    viewer.close()

    assert [line for line in head.splitlines() if b"protocol:" in line] == [
        f"sec-websocket-protocol: {chosen}".encode()
    ]


def test_a_websocket_of_another_version_is_refused_with_the_right_version(stack):
    viewer = Raw(stack.port).send(
        "/v1/ws",
        Upgrade="websocket",
        Connection="Upgrade",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
        Sec_WebSocket_Version="8",
    )

    head = viewer.until(b"unsupported_websocket_version").partition(b"\r\n\r\n")[0].lower()
    viewer.close()

    assert head.startswith(b"http/1.1 426")
    assert b"\r\nsec-websocket-version: 13" in head
    assert b"\r\nupgrade: websocket" in head


@pytest.mark.parametrize("missing_header", ["Sec_WebSocket_Key", "Sec_WebSocket_Version"])
def test_an_incomplete_websocket_handshake_is_refused(stack, missing_header):
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Version": "13",
    }
    del headers[missing_header]
    viewer = Raw(stack.port).send("/v1/ws", **headers)

    got = viewer.until(b"bad_request")
    viewer.close()

    assert got.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("open_one", [upgrade, lambda port, path: Raw(port).send(path)], ids=["ws", "sse"])
def test_a_client_that_leaves_before_the_answer_causes_no_error(stack, board, open_one):
    log = stack.data_dir / "serve.log"
    length = len(log.read_text())
    for _ in range(20):
        viewer = open_one(stack.port, f"/v1/ws?boards={board}" if open_one is upgrade else "/v1/stream")
        viewer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        viewer.close()
    open_stream(stack, board).close()
    wait_until(lambda: viewer_count(stack, board) == 0)

    assert '"level":"error"' not in log.read_text()[length:]


def test_a_reader_that_pauses_gets_the_newest_state_and_delays_no_other(stack, board):
    entries = [{"player": f"p{number}", "score": 1} for number in range(900)]
    submit(stack, board, *entries)
    slow = Raw(stack.port, receive_bytes=4096).send(f"/v1/stream?boards={board}")
    watcher = Watcher(stack.port, board)
    watcher.wait("snapshot")
    for step in range(1, 25):
        submit(stack, board, *entries)
        wait_until(lambda step=step: watcher.lists[board][-1]["s"] == 1 + step)
    submit(stack, board, {"player": "last", "score": 1_000_000})
    wait_until(lambda: watcher.lists[board][0]["id"] == "last")
    watcher.stop()

    slow.until(b'"id":"last"')
    frames = events(slow.until(b'"t":"hb"'))
    slow.close()

    assert watcher.faults == []
    assert "slow" in [frame.get("why") for frame in frames]
    assert len([frame for frame in frames if frame["t"] in ("snapshot", "delta")]) < 24
    assert rows_of(events(slow.got)) == [(line["id"], line["s"]) for line in watcher.lists[board]]


def test_a_client_that_never_reads_is_closed_within_a_minute_and_a_slow_one_gets_everything(stack, board):
    entries = [{"player": f"p{number}{'x' * 40}", "score": 1} for number in range(1000)]
    submit(stack, board, *entries[:500])
    submit(stack, board, *entries[500:])
    dead = Raw(stack.port, receive_bytes=4096).send(f"/v1/stream?boards={board}")
    wait_until(lambda: viewer_count(stack, board) == 1)
    for _ in range(4):
        submit(stack, board, *entries[:500])
        submit(stack, board, *entries[500:])
    # All rows must come as snapshots: boards that change while the viewer reads come as deltas.
    poll = lambda: stack.call("GET", f"/v1/poll?boards={board},{board}@daily").json["frames"]  # noqa: E731
    wait_until(lambda: [sum(row["s"] for row in frame["top"]) for frame in poll()] == [5000, 5000])
    scopes = ",".join(board + more for more in ("", ":eu", "@daily", ":eu@daily"))
    slow = Raw(stack.port, receive_bytes=4096).send(f"/v1/stream?boards={scopes}")
    start, closed_after = time.monotonic(), None
    while (seconds := time.monotonic() - start) < 34:
        data = slow.socket.recv(1500)
        assert data, "cut off"
        slow.got += data
        if closed_after is None and viewer_count(stack, board) == 1:
            closed_after = seconds
        time.sleep(0.4)

    assert closed_after is not None
    assert closed_after > 20
    slow.until(b"event: hb")
    slow.close()
    dead.close()
    assert sum(len(frame["top"]) for frame in events(slow.got) if frame["t"] == "snapshot") >= 2000


def test_a_connection_that_was_used_before_can_stream_and_nothing_is_answered_into_it(stack, board):
    viewer = Raw(stack.port).send("/healthz")
    viewer.until(b'{"status":"ok"}')
    viewer.got = b""
    viewer.send(f"/v1/stream?boards={board}").send("/healthz")
    viewer.until(b"event: snapshot")
    viewer.until(b"event: hb")
    viewer.close()

    assert viewer.got.count(b"HTTP/1.1") == 1
    assert dechunk(viewer.got.partition(b"\r\n\r\n")[2]).count(b"event: hello") == 1


def test_an_old_client_gets_a_stream_without_chunks(stack, board):
    viewer = Raw(stack.port).send(f"/v1/stream?boards={board}", version="1.0")
    head, _, body = viewer.until(b"event: snapshot").partition(b"\r\n\r\n")
    viewer.close()

    assert b"chunked" not in head.lower()
    assert body.startswith(b"retry: ")


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_a_strict_reader_reads_every_byte_of_a_stream(stack, board, version):
    path = f"/v1/stream?boards={board}"
    first = Raw(stack.port).send(path, version=version)
    first.until(b"event: hb")
    cursor = events(first.got)[1]["id"]
    submit(stack, board, {"player": "ada", "score": 1})
    first.until(b"event: delta")
    late = Raw(stack.port).send(path, version=version)
    resumed = Raw(stack.port).send(f"{path}&since={cursor}", version=version)
    late.until(b"event: hb")
    resumed.until(b"event: hb")
    assert stack.call("DELETE", f"/v1/admin/boards/{board}").status == 204

    for viewer, names in (
        (first, ["hello", "snapshot", "delta", "bye"]),
        (late, ["hello", "snapshot", "bye"]),
        (resumed, ["hello", "delta", "bye"]),
    ):
        read = strict_events(body_of(viewer.rest()))
        assert [event.name for event in read if event.name not in ("hb", "notice", "reset")] == names
        assert "hb" in [event.name for event in read]
        assert [event.name for event in read if event.retry_ms is not None] == ["hello", "bye"]


def test_old_and_new_clients_of_one_board_get_their_own_framing(stack, board):
    old = Raw(stack.port).send(f"/v1/stream?boards={board}", version="1.0")
    old.until(b"event: snapshot")
    new = open_stream(stack, board)
    submit(stack, board, {"player": "ada", "score": 1})
    for viewer in (old, new):
        viewer.until(b"event: delta")
        viewer.until(b"event: hb")
        viewer.close()

    assert rows_of(events(new.got)) == rows_of(events(old.got)) == [("ada", 1)]
    assert b"\r\n" not in old.got.partition(b"\r\n\r\n")[2]


def test_head_has_the_headers_and_takes_no_slot(stack, board):
    viewer = Raw(stack.port).send(f"/v1/stream?boards={board}", method="HEAD", Connection="close")

    head, _, body = viewer.rest().partition(b"\r\n\r\n")

    assert b"text/event-stream" in head
    assert (body, viewer_count(stack, board)) == (b"", 0)


def test_the_streams_of_an_address_are_limited(stack, board):
    path = f"/v1/stream?boards={board}"
    viewers = [Raw(stack.port, source="127.0.0.2").send(path) for _ in range(5)]
    for viewer in viewers:
        viewer.until(b"event: snapshot")

    last = Raw(stack.port, source="127.0.0.2").send(path)
    last.until(b"event: bye")
    (bye,) = events(last.until(b"}"))
    elsewhere = Raw(stack.port, source="127.0.0.3").send(path)
    elsewhere.until(b"event: snapshot")
    for viewer in [*viewers, last, elsewhere]:
        viewer.close()

    assert (bye["code"], bye["why"], bye["again"]) == (202, "ip_limit", True)
    assert bye["retry_ms"] >= 15_000


def test_a_client_that_opens_too_many_streams_at_once_must_wait(stack, board):
    answers = []
    for _ in range(40):
        viewer = Raw(stack.port, source="127.0.0.9").send(f"/v1/stream?boards={board}")
        viewer.until(b"data: ")
        answers += events(viewer.until(b"}\n\n"))[:1]
        viewer.close()

    assert [frame["code"] for frame in answers if frame["t"] == "bye"].count(203) >= 3


def test_deleting_a_board_ends_its_streams(stack, board):
    viewer = open_stream(stack, board)
    stack.call("DELETE", f"/v1/admin/boards/{board}")

    bye = events(viewer.rest())[-1]

    assert (bye["t"], bye["code"], bye["again"]) == ("bye", 404, False)


def test_regions_and_further_periods_are_rooms_of_their_own(stack, board):
    submit(stack, board, {"player": "ada", "score": 1, "region": "eu"}, {"player": "bob", "score": 2})
    rooms = [f"{board}@daily", f"{board}:eu", f"{board}:eu@daily"]
    watcher = Watcher(stack.port, *rooms)
    wait_until(lambda: len(watcher.lists) == 3, why=watcher.story)
    submit(stack, board, {"player": "eve", "score": 3, "region": "eu"})
    wait_until(
        lambda: all("eve" in [line["id"] for line in rows] for rows in watcher.lists.values()),
        why=watcher.story,
    )
    in_region = Raw(stack.port).send(f"/v1/stream?boards={board}&region=eu")
    in_region.until(b"event: snapshot")
    frames = events(in_region.until(b"]}\n\n"))
    watcher.stop()
    in_region.close()

    seen = {room: [line["id"] for line in rows] for room, rows in watcher.lists.items()}
    assert seen == {rooms[0]: ["eve", "bob", "ada"], rooms[1]: ["eve", "ada"], rooms[2]: ["eve", "ada"]}
    assert watcher.faults == []
    assert frames[1]["b"] == f"{board}:eu"


def test_viewers_get_their_number(stack, board):
    watcher, other = Watcher(stack.port, board), open_stream(stack, board)

    wait_until(
        lambda: {"t": "notice", "b": board, "viewers": 2} in watcher.frames, seconds=15, why=watcher.story
    )
    watcher.stop()
    other.close()


def guest(stack):
    return stack.call("POST", "/v1/auth/guest", {}, key=None).json["data"]


def test_a_player_gets_their_rank_and_the_end_of_the_session_ends_their_streams(stack, board):
    session = guest(stack)
    player, token = session["player"]["id"], session["accessToken"]
    ticket = stack.call("POST", "/v1/stream/ticket", key=token).json["data"]["ticket"]
    submit(stack, board, {"player": "ada", "score": 10})
    viewer = Raw(stack.port).send(f"/v1/stream?boards={board}&ticket={ticket}")
    viewer.until(b"event: me")
    submit(stack, board, {"player": player, "score": 5})
    viewer.until(b'"rank":2')
    stack.call("POST", "/v1/auth/logout", {"refreshToken": session["refreshToken"]}, key=None)

    frames = events(viewer.rest())

    ranks = [frame for frame in frames if frame["t"] == "me"]
    assert [(frame["rank"], frame["score"]) for frame in (ranks[0], ranks[-1])] == [(None, None), (2, 5)]
    assert ranks[-1]["ver"] > ranks[0]["ver"]
    assert all("id" not in frame for frame in ranks)
    assert (frames[-1]["code"], frames[-1]["again"]) == (402, False)


@pytest.mark.parametrize("ticket", ["garbage", "a.b.c", ".", "x" * 2000, "%C3%A9.b.c", "%00"])
def test_an_invalid_ticket_is_refused(stack, ticket):
    assert stack.call("GET", f"/v1/stream?ticket={ticket}", key=None).status == 401


def test_streams_are_counted(stack, board):
    open_stream(stack, board).close()
    viewers = [
        open_stream(stack, board),
        open_stream(stack, board),
        upgrade(stack.port, f"/v1/ws?boards={board}"),
    ]
    wait_until(lambda: viewer_count(stack, board) == 3)

    text = stack.call("GET", "/v1/admin/metrics").body.decode()
    for viewer in viewers:
        viewer.close()

    values = dict(line.rpartition(" ")[::2] for line in text.splitlines() if not line.startswith("#"))
    open_now = {
        name.partition("carrier=")[2]: count for name, count in values.items() if f'"{board}"' in name
    }
    assert open_now == {'"sse"}': "2", '"ws"}': "1"}
    assert any(name.startswith("scoreboard_stream_opened_total{") for name in values)
    assert all(float(value) >= 0 for value in values.values())
    assert not any("crc_mismatches" in name for name in values)
