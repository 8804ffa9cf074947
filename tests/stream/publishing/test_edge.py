"""The streams that an edge holds, and the frames that it is sent."""

from __future__ import annotations

import socket
import threading
import time

import jwt
import pytest

from scoreboard.stream.protocol.frames import encode, notice
from scoreboard.stream.protocol.types import Cursor
from scoreboard.stream.publishing.edge import Edge
from tests.actions.play import Player
from tests.boards.calls import put, score
from tests.contract import client_of
from tests.stream.steps import publish

KEY = "an edge's key of 32 characters or more"


@pytest.fixture
def parts(make_parts, sqlite_url):
    parts = make_parts(
        sqlite_url, stream_tick_ms=0, stream_edge_url="http://127.0.0.1:9", stream_edge_key=KEY
    )
    parts.followers.catch_up("boards")
    return parts


@pytest.fixture
def stream(parts):
    """A client of a public board and a private one."""
    client = client_of(parts)
    put(client, "secret", public=False)
    score(client, "main", ada=1)
    score(client, "secret", ada=1)
    publish(parts)
    parts.stream.hub.warm()
    return client


def holds(client, query="", key=KEY, **claims):
    """True if an edge's request is answered with an instruction to hold it."""
    signature = jwt.encode({"iss": "pushpin", "exp": int(time.time()) + 60} | claims, key, "HS256")
    answer = client.get(f"/v1/stream{query}", headers={"Grip-Sig": signature}, buffered=False)
    assert answer.status_code == 200
    answer.close()
    return "Grip-Hold" in answer.headers


def test_an_edge_holds_streams_of_public_boards(stream):
    assert holds(stream)


def test_the_link_of_an_edge_is_below_the_base_path(make_parts, sqlite_url):
    settings = {"stream_edge_url": "http://127.0.0.1:9", "stream_edge_key": KEY, "base_path": "/scores"}
    client = client_of(make_parts(sqlite_url, **settings))
    signature = jwt.encode({"iss": "pushpin", "exp": int(time.time()) + 60}, KEY, "HS256")

    answer = client.get("/scores/v1/stream", headers={"Grip-Sig": signature}, buffered=False)
    answer.close()

    assert answer.headers["Grip-Link"].startswith("</scores/v1/stream?boards=main&")


def test_an_edge_is_known_by_its_signature(stream):
    assert not holds(stream, key="another key of 32 characters or more")
    assert not holds(stream, exp=int(time.time()) - 60)


def test_an_edge_holds_no_stream_that_is_private_or_personal(stream, parts):
    ada = Player(parts)
    ticket = ada.http.post("/v1/stream/ticket").json["data"]["ticket"]

    assert not holds(stream, "?boards=secret")
    assert not holds(stream, f"?ticket={ticket}")


def test_an_edge_is_sent_no_private_board(stream, parts):
    assert [item["channel"] for item in parts.stream.edge._queue] == ["b-main"]

    put(stream, "main", public=False)
    score(stream, "main", bob=2)
    publish(parts)

    assert [item["channel"] for item in parts.stream.edge._queue] == ["b-main"]


def test_after_an_invalid_answer_the_edge_is_sent_the_same_frames_again():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        edge = Edge(url=f"http://127.0.0.1:{listener.getsockname()[1]}", key=KEY)
        edge.publish("main", Cursor(1, 1), Cursor(1, 2), encode(notice("main", 1)))
        thread = threading.Thread(target=edge.loop.run, daemon=True)
        thread.start()
        for answer in (b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)
        edge.loop.stop()
        thread.join(5)

    assert not thread.is_alive()
    assert not edge._queue
