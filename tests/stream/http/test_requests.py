"""Authorization of streams: for which client, for how long, and how refusals are reported."""

from __future__ import annotations

import json
import socket
import threading
from types import SimpleNamespace

import pytest

from scoreboard.app import create_app
from scoreboard.stream.protocol.types import Kick
from scoreboard.stream.routes import stream_messages
from tests.actions.play import Player
from tests.boards.calls import put, refusal, score
from tests.sockets import messages
from tests.stream.http.test_routes import events
from tests.stream.steps import publish
from tests.support import wait_until

BROWSER_HEADERS = {"Accept": "text/event-stream", "Authorization": ""}


@pytest.fixture
def stream(client, parts):
    """A client of a public board and a private one."""
    put(client, "secret", public=False)
    score(client, "main", ada=1)
    publish(parts)
    parts.stream.hub.warm()
    return client


@pytest.fixture
def guest(stream, parts):
    """Sign a guest in, with a role. `ticket` is their stream ticket."""

    def guest(role="player"):
        ada = Player(parts)
        if role != "player":
            parts.accounts.players.grant(ada.id, role, context={})
            parts.base.clock.advance(ms=1)
            ada.renew()
        ada.ticket = ada.http.post("/v1/stream/ticket").json["data"]["ticket"]
        return ada

    return guest


def sign_out(ada):
    """End their session."""
    body = {"refreshToken": ada.session["refreshToken"]}
    assert ada.http.post("/v1/auth/logout", json=body).status_code == 204


def bye(answer):
    """The bye that an answer begins with."""
    return json.loads(events(answer, 1)[0]["data"])


@pytest.mark.parametrize("path", ["stream", "poll"])
def test_a_ticket_of_a_session_that_was_ended_opens_nothing(stream, guest, path):
    ada = guest()
    sign_out(ada)

    answer = stream.get(f"/v1/{path}?ticket={ada.ticket}", headers=BROWSER_HEADERS)

    assert refusal(answer) == (401, "unauthenticated")


def test_a_ticket_from_before_rights_were_changed_must_be_renewed_and_shows_no_private_board(
    stream, guest, parts
):
    ada = guest("moderator")
    parts.base.clock.advance(ms=1)
    parts.accounts.players.grant(ada.id, "player", context={})

    of_all = stream.get(f"/v1/stream?ticket={ada.ticket}", headers=BROWSER_HEADERS)
    private = stream.get(f"/v1/stream?boards=secret&ticket={ada.ticket}", headers=BROWSER_HEADERS)

    assert bye(of_all)["code"] == bye(private)["code"] == 301


def test_a_moderators_token_opens_a_private_board_for_as_long_as_their_session_lasts(guest, parts):
    ada = guest("moderator")
    answer = ada.http.get("/v1/stream?boards=secret", buffered=False)
    (viewer,) = parts.stream.viewers.all()
    assert viewer.client.until is not None

    sign_out(ada)

    assert viewer.ending
    answer.close()


def test_an_expired_ticket_is_reported_to_each_kind_of_client(stream, guest, clock):
    path = f"/v1/stream?ticket={guest().ticket}"
    clock.advance(seconds=61)

    assert bye(stream.get(path, headers=BROWSER_HEADERS))["code"] == 301
    assert refusal(stream.get(path, headers={"Authorization": ""})) == (401, "token_expired")


def test_an_answer_to_a_poll_with_an_expired_ticket_has_an_etag_too(stream, guest, clock):
    path = f"/v1/poll?ticket={guest().ticket}"
    clock.advance(seconds=61)

    answer = stream.get(path, headers=BROWSER_HEADERS)

    assert answer.json["frames"][0]["why"] == "auth_expired"
    assert answer.headers["ETag"]


def test_a_poll_that_waits_does_not_show_a_board_that_became_private(stream, parts):
    path = f"/v1/poll?wait=10&since={parts.stream.hub.head}"
    found = []
    waiting = threading.Thread(
        target=lambda: found.append(create_app(parts).test_client().get(path)), daemon=True
    )
    waiting.start()
    wait_until(lambda: parts.stream.slots.in_use == 1)
    put(stream, "main", public=False)
    score(stream, "main", bob=2)
    publish(parts)
    parts.stream.hub.read()
    waiting.join(10)

    assert refusal(found[0]) == (404, "board_not_found")


def test_a_client_that_returns_with_its_cursor_opens_nothing(stream, parts):
    headers = BROWSER_HEADERS | {"Last-Event-ID": str(parts.stream.hub.head)}
    found = []
    for _ in range(60):
        answer = stream.get(
            "/v1/stream", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"}, buffered=False
        )
        found.append(answer.headers.get("Scoreboard-Resume"))
        answer.close()

    assert found == ["ok"] * 60


@pytest.fixture
def without_database(make_parts, sqlite_url, tmp_path, redis):
    """An application that knows no board, and whose database is away."""
    parts = make_parts(sqlite_url)
    parts.base.database._db.close()
    (tmp_path / "scoreboard.db").rename(tmp_path / "gone.db")
    return create_app(parts)


def test_an_outage_is_reported_to_a_browser_inside_a_stream(without_database):
    client = without_database.test_client()

    browser = client.get("/v1/stream", headers=BROWSER_HEADERS)
    other = client.get("/v1/stream")

    frame = bye(browser)
    assert (browser.status_code, frame["code"], frame["why"], frame["again"]) == (
        200,
        204,
        "unavailable",
        True,
    )
    assert refusal(other) == (503, "ledger_unavailable")


def test_an_outage_is_reported_to_a_websocket_by_a_bye(without_database):
    ours, theirs = socket.socketpair()
    with without_database.test_request_context("/v1/ws"):
        stream_messages(SimpleNamespace(sock=ours, connected=True))
    ours.close()

    (_, text), (_, closing) = messages(b"\r\n\r\n" + theirs.recv(1000))
    theirs.close()

    assert b'"code":204,"again":true' in text
    assert int.from_bytes(closing[:2], "big") == 4204


def test_revoking_a_server_key_ends_its_streams(stream, parts):
    key, secret = parts.accounts.keys.create("game", ["scores:write"])
    bearer = {"Authorization": f"Bearer {secret}"}
    answer = stream.get("/v1/stream?boards=secret", headers=bearer, buffered=False)
    (viewer,) = parts.stream.viewers.all()

    parts.stream.signals.kick(Kick(session=key.id))

    assert viewer.ending
    answer.close()
