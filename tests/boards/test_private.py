"""A private board looks like no board, except to server keys and moderators."""

from __future__ import annotations

import re
import socket
from types import SimpleNamespace

import pytest

from scoreboard.app import create_app
from scoreboard.stream.routes import stream_messages
from tests.actions.play import Player
from tests.boards.calls import put, refusal, score
from tests.sockets import messages
from tests.support import KEY, wait_until

READS = [
    "/v1/boards/{}",
    "/v1/boards/{}/entries",
    "/v1/boards/{}/entries?region=mars&period=nonsense",
    "/v1/boards/{}/entries?cursor=nonsense",
    "/v1/boards/{}/entries?players=ada,bob",
    "/v1/boards/{}/entries/ada",
    "/v1/boards/{}/entries/ada/around",
    "/v1/boards/{}/rank-for?score=1",
    "/v1/boards/{}/periods",
]
STREAMS = [
    f"/v1/{carrier}?boards={boards}{more}"
    for carrier in ("stream", "poll")
    for boards in ("{}", "{}:mars", "{}@nonsense", "main,{}", "{}:mars@nonsense")
    for more in ("", "&region=auto", "&region=mars", "&since=1-1")
]
PAGES = [
    "/b/{}",
    "/b/{}/tv",
    "/overlay/{}",
    "/embed/{}",
    "/b/{}.svg",
    "/b/{}/qr.svg",
    "/oembed?url=http://localhost/b/{}",
    "/oembed?url=http://localhost/embed/{}",
]
HIDDEN, MISSING = "secret", "absent"  # as long as each other
OWN_HEADERS = ("X-Request-Id", "Date", "RateLimit", "ETag", "Content-Length")  # of each answer
BROWSER = {"Accept": "text/event-stream"}


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def boards(client):
    """A client of a private board on which somebody stands."""
    put(client, HIDDEN, public=False)
    score(client, HIDDEN, ada=1)
    return client


@pytest.fixture
def sent(boards, parts):
    """What callers send, by who they are."""
    guest, moderator = Player(parts), Player(parts)
    parts.accounts.players.grant(moderator.id, "moderator", context={})
    parts.base.clock.advance(ms=1)
    moderator.renew()
    key, secret = parts.accounts.keys.create("old", ["scores:write"])
    parts.accounts.keys.revoke(key.id)
    return {
        "nobody": "",
        "guest": f"Bearer {guest.session['accessToken']}",
        "moderator": f"Bearer {moderator.session['accessToken']}",
        "key": f"Bearer {KEY}",
        "made up": "Bearer sk_000000000000_made-up",
        "revoked": f"Bearer {secret}",
        "forged": f"Bearer {guest.session['accessToken'][:-4]}AAAA",
        "no bearer": "Basic YWRhOnNlY3JldA==",
    }


def told(client, path, name, **headers):
    """All that an answer tells, without the name that was asked for and what differs with each request."""
    answer = client.get(path.format(name), headers=headers)
    known = {key: value for key, value in answer.headers if key not in OWN_HEADERS}
    text = re.sub(r'"requestId":"[0-9a-f]+"|"retry_ms":[0-9]+|retry: [0-9]+', "", answer.text)
    return answer.status_code, known, text.replace(name, "NAME")


@pytest.mark.parametrize("who", ["nobody", "guest"])
@pytest.mark.parametrize("paths", [READS, STREAMS, PAGES], ids=["reads", "streams", "pages"])
def test_strangers_get_the_same_answer_for_a_private_board_and_for_none(boards, sent, paths, who):
    for path in paths:
        headers = BROWSER if path.startswith("/v1/stream") else {}
        hidden = told(boards, path, HIDDEN, Authorization=sent[who], **headers)
        missing = told(boards, path, MISSING, Authorization=sent[who], **headers)

        assert hidden == missing, path
        assert hidden[0] == 404, path


@pytest.mark.parametrize("who", ["made up", "revoked", "forged", "no bearer"])
def test_bad_credentials_are_refused_as_such_whether_or_not_there_is_a_board(boards, sent, who):
    for path in (*READS, *STREAMS):
        hidden = told(boards, path, HIDDEN, Authorization=sent[who])
        missing = told(boards, path, MISSING, Authorization=sent[who])

        assert hidden == missing, path
        assert hidden[0] == 401, path
        assert hidden[1]["WWW-Authenticate"].startswith("Bearer")


def test_a_moderators_token_that_is_too_old_is_to_be_refreshed_whether_or_not_there_is_a_board(
    boards, sent, clock
):
    clock.advance(seconds=901)
    own = {"Authorization": sent["moderator"]}

    found = [
        refusal(boards.get(path.format(name), headers=own)) for path in READS for name in (HIDDEN, MISSING)
    ]

    assert set(found) == {(401, "token_expired")}


def test_bad_credentials_do_not_keep_anybody_from_public_boards(boards, sent):
    for who in sent:
        assert boards.get("/v1/boards/main", headers={"Authorization": sent[who]}).status_code == 200


@pytest.mark.parametrize("who", ["key", "moderator"])
def test_server_keys_and_moderators_read_and_stream_it(boards, sent, who):
    own = {"Authorization": sent[who]}
    paths = ["", "/entries", "/entries/ada", "/entries/ada/around", "/rank-for?score=1", "/periods"]

    for path in paths:
        assert boards.get(f"/v1/boards/{HIDDEN}{path}", headers=own).status_code == 200
        assert refusal(boards.get(f"/v1/boards/{MISSING}{path}", headers=own)) == (404, "board_not_found")
    poll = boards.get(f"/v1/poll?boards={HIDDEN}", headers=own)
    assert poll.json["frames"][0]["b"] == HIDDEN
    assert refusal(boards.get(f"/v1/poll?boards={HIDDEN}:mars", headers=own)) == (404, "region_not_found")


@pytest.mark.parametrize("role", ["player", "moderator"])
@pytest.mark.parametrize("carrier", ["stream", "poll"])
def test_a_ticket_shows_it_to_moderators_and_hides_it_from_players(boards, parts, role, carrier):
    ada = Player(parts)
    if role == "moderator":
        parts.accounts.players.grant(ada.id, role, context={})
        parts.base.clock.advance(ms=1)
        ada.renew()
    ticket = ada.http.post("/v1/stream/ticket").json["data"]["ticket"]
    path = f"/v1/{carrier}?boards={{}}&ticket={ticket}"
    stranger = create_app(parts).test_client()

    if role == "moderator":
        answer = stranger.get(path.format(HIDDEN), buffered=False)
        assert answer.status_code == 200
        answer.close()
    else:
        assert told(stranger, path, HIDDEN) == told(stranger, path, MISSING)
        assert stranger.get(path.format(HIDDEN)).status_code == 404


@pytest.mark.parametrize("age", [0, 61], ids=["good", "too old"])
@pytest.mark.parametrize("carrier", ["stream", "poll"])
def test_a_players_ticket_tells_nothing_of_boards_at_whatever_age(boards, parts, clock, carrier, age):
    ticket = Player(parts).http.post("/v1/stream/ticket").json["data"]["ticket"]
    clock.advance(seconds=age)
    path = f"/v1/{carrier}?boards={{}}&ticket={ticket}"

    hidden, missing = (told(boards, path, name, Authorization="", **BROWSER) for name in (HIDDEN, MISSING))

    assert hidden == missing
    assert hidden[0] == (200 if age else 404)


def test_a_websocket_is_told_the_same_bye(boards, parts):
    found = [said(parts, f"/v1/ws?boards={name}") for name in (HIDDEN, MISSING)]

    assert found[0] == found[1]
    assert b'"code":404' in found[0]


def said(parts, path):
    """What a WebSocket is sent."""
    ours, theirs = socket.socketpair()
    with create_app(parts).test_request_context(path):
        stream_messages(SimpleNamespace(sock=ours, connected=True))
    ours.close()
    frames = messages(b"\r\n\r\n" + theirs.recv(1000))
    theirs.close()
    return b"".join(content for _, content in frames)


@pytest.mark.parametrize("path", ["/v1/boards/{}/entries", "/v1/stream?boards={}", "/b/{}"])
def test_it_costs_as_many_trips_as_a_board_that_is_not_there(parts, boards, redis, path):
    client = create_app(parts).test_client()
    client.get(path.format(HIDDEN))

    # Again where a busy machine made one of them do without Redis.
    hidden, missing = path.format(HIDDEN), path.format(MISSING)
    wait_until(lambda: trips(redis, client, hidden) == trips(redis, client, missing))


def trips(redis, client, path):
    redis.config_resetstat()
    assert client.get(path).status_code == 404
    counted = {name: stat["calls"] for name, stat in redis.info("commandstats").items()}
    return {name: calls for name, calls in counted.items() if "config" not in name and "info" not in name}


def test_viewers_of_a_board_that_becomes_private_are_told_that_it_is_gone(boards, parts):
    answer = create_app(parts).test_client().get("/v1/stream", buffered=False)
    (viewer,) = parts.stream.viewers.all()
    put(boards, "main", public=False)

    parts.stream.rooms.turn()

    assert viewer.ending
    assert '"code":404' in "".join(part.decode() for part in answer.response)
    answer.close()


def test_the_default_board_is_hidden_like_every_other(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, default_board=HIDDEN)
    client = create_app(parts).test_client()
    own = {"Authorization": f"Bearer {KEY}"}
    assert client.put(f"/v1/admin/boards/{HIDDEN}", json={"public": False}, headers=own).status_code == 201

    assert refusal(client.get("/v1/leaderboard")) == (404, "board_not_found")
    assert client.get("/").status_code == 404
    assert client.get("/v1/leaderboard", headers=own).status_code == 200
