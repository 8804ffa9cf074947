"""Guessed ids of boards: every route answers for a private board as for a missing one."""

from __future__ import annotations

import re

import pytest

from tests.sockets import Raw, close_all, messages, upgrade
from tests.support import KEY, submit

HIDDEN, MISSING = "vault", "chest"
ROUTES = [
    "/v1/boards/{}",
    "/v1/boards/{}/entries?region=mars",
    "/v1/boards/{}/entries/ada/around",
    "/v1/boards/{}/rank-for?score=1",
    "/v1/boards/{}/periods",
    "/v1/stream?boards={}",
    "/v1/stream?boards=main,{}:mars@daily",
    "/v1/poll?boards={}&wait=5",
    "/b/{}",
    "/b/{}/tv",
    "/b/{}.svg",
    "/b/{}/qr.svg",
    "/overlay/{}",
    "/embed/{}",
    "/oembed?url={origin}/b/{}",
]
CHANGING = ("X-Request-Id", "Date", "RateLimit")
"""Headers that differ between any two answers: `RateLimit` counts the requests, whatever they ask for."""


@pytest.fixture(scope="module", autouse=True)
def hidden(server):
    """A private board with a score, which all processes know."""
    assert server.call("PUT", f"/v1/admin/boards/{HIDDEN}", {"public": False, "title": "Vault"}).status in (
        200,
        201,
    )
    entries = {"entries": [{"player": "ada", "score": 1}]}
    assert server.call("POST", f"/v1/boards/{HIDDEN}/scores", entries).status == 200
    yield
    close_all()
    server.call("DELETE", f"/v1/admin/boards/{HIDDEN}")


@pytest.fixture(scope="module")
def guest(server):
    """A guest's access token."""
    return server.call("POST", "/v1/auth/guest", key=None).json["data"]["accessToken"]


def answer_of(server, route, name, key):
    path = route.replace("{origin}", server.url).replace("{}", name)
    answer = server.call("GET", path, key=key)
    text = re.sub(rb'"requestId":"[0-9a-f]+"', b"", answer.body).replace(name.encode(), b"NAME")
    headers = {key: value for key, value in answer.headers.items() if key not in CHANGING}
    return answer.status, headers, text


@pytest.mark.parametrize("route", ROUTES)
def test_without_a_key_it_is_not_found(server, guest, route):
    for key in (None, guest):
        hidden = answer_of(server, route, HIDDEN, key)
        assert hidden == answer_of(server, route, MISSING, key)
        assert hidden[0] == 404


@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("/v1/")])
def test_invented_credentials_are_refused_for_both(server, guest, route):
    for key in ("sk_000000000000_x", guest[:-4] + "AAAA", "eyJ.eyJ.x"):
        hidden = answer_of(server, route, HIDDEN, key)
        assert hidden == answer_of(server, route, MISSING, key)
        assert hidden[0] == 401


def test_a_guests_ticket_opens_no_stream_of_either(server, guest):
    ticket = server.call("POST", "/v1/stream/ticket", key=guest).json["data"]["ticket"]
    for carrier in ("stream", "poll"):
        route = f"/v1/{carrier}?boards={{}}&ticket={ticket}"
        hidden = answer_of(server, route, HIDDEN, None)
        assert hidden == answer_of(server, route, MISSING, None)
        assert hidden[0] == 404


def test_a_websocket_ends_the_same_for_both(server):
    received = [messages(upgrade(server.port, f"/v1/ws?boards={name}").rest()) for name in (HIDDEN, MISSING)]

    assert received[0] == received[1]
    assert b'"code":404' in received[0][0][1]


def test_a_server_key_reads_and_streams_a_private_board(server):
    assert server.call("GET", f"/v1/boards/{HIDDEN}/entries").json["data"]["total"] == 1
    stream = Raw(server.port).send(f"/v1/stream?boards={HIDDEN}", Authorization=f"Bearer {KEY}")
    assert b'"b":"vault"' in stream.until(b"event: snapshot\n") + stream.until(b'"top":')


@pytest.mark.parametrize("change", ["private", "deleted"])
def test_open_streams_show_nothing_that_is_written_after_a_board_went_private(server, change):
    board = f"open-{change}"
    server.call("PUT", f"/v1/admin/boards/{board}", {"title": "Open"})
    submit(server, board, {"player": "before", "score": 1})
    path = f"/v1/stream?boards={board}"
    streams = [Raw(server.port).send(path) for _ in range(6)]  # every process serves some
    for stream in streams:
        stream.until(b"before")

    if change == "private":
        server.call("PUT", f"/v1/admin/boards/{board}", {"title": "Open", "public": False})
    else:
        server.call("DELETE", f"/v1/admin/boards/{board}")
        server.call("PUT", f"/v1/admin/boards/{board}", {"title": "Another", "public": False})
    submit(server, board, {"player": "after", "score": 2})

    for stream in streams:
        got = stream.until(b"event: bye")
        assert b"after" not in got
    close_all()
    server.call("DELETE", f"/v1/admin/boards/{board}")
