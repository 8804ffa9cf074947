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
PRIVATE, MISSING = "secret", "absent"  # as long as each other
OWN_HEADERS = ("X-Request-Id", "Date", "RateLimit", "ETag", "Content-Length")  # of each answer
BROWSER = {"Accept": "text/event-stream"}


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def boards(client):
    """A client of a server with a private board, on which a player is ranked."""
    put(client, PRIVATE, public=False)
    score(client, PRIVATE, ada=1)
    return client


@pytest.fixture
def credentials(boards, parts):
    """The header Authorization of different callers, by caller."""
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


def content(client, path, name, **headers):
    """The content of an answer, without the requested name and the parts that differ with each request."""
    answer = client.get(path.format(name), headers=headers)
    shared_headers = {key: value for key, value in answer.headers if key not in OWN_HEADERS}
    text = re.sub(r'"requestId":"[0-9a-f]+"|"retry_ms":[0-9]+|retry: [0-9]+', "", answer.text)
    return answer.status_code, shared_headers, text.replace(name, "NAME")


@pytest.mark.parametrize("caller", ["nobody", "guest"])
@pytest.mark.parametrize("paths", [READS, STREAMS, PAGES], ids=["reads", "streams", "pages"])
def test_strangers_get_the_same_answer_for_a_private_and_for_a_missing_board(
    boards, credentials, paths, caller
):
    for path in paths:
        headers = BROWSER if path.startswith("/v1/stream") else {}
        private = content(boards, path, PRIVATE, Authorization=credentials[caller], **headers)
        missing = content(boards, path, MISSING, Authorization=credentials[caller], **headers)

        assert private == missing, path
        assert private[0] == 404, path


@pytest.mark.parametrize("caller", ["made up", "revoked", "forged", "no bearer"])
def test_bad_credentials_are_refused_as_such_whether_or_not_there_is_a_board(boards, credentials, caller):
    for path in (*READS, *STREAMS):
        private = content(boards, path, PRIVATE, Authorization=credentials[caller])
        missing = content(boards, path, MISSING, Authorization=credentials[caller])

        assert private == missing, path
        assert private[0] == 401, path
        assert private[1]["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_moderators_token_is_refused_the_same_whether_or_not_there_is_a_board(
    boards, credentials, clock
):
    clock.advance(seconds=901)
    own = {"Authorization": credentials["moderator"]}

    found = [
        refusal(boards.get(path.format(name), headers=own)) for path in READS for name in (PRIVATE, MISSING)
    ]

    assert set(found) == {(401, "token_expired")}


def test_bad_credentials_do_not_keep_anybody_from_public_boards(boards, credentials):
    for caller in credentials:
        assert (
            boards.get("/v1/boards/main", headers={"Authorization": credentials[caller]}).status_code == 200
        )


@pytest.mark.parametrize("caller", ["key", "moderator"])
def test_server_keys_and_moderators_read_and_stream_a_private_board(boards, credentials, caller):
    own = {"Authorization": credentials[caller]}
    paths = ["", "/entries", "/entries/ada", "/entries/ada/around", "/rank-for?score=1", "/periods"]

    for path in paths:
        assert boards.get(f"/v1/boards/{PRIVATE}{path}", headers=own).status_code == 200
        assert refusal(boards.get(f"/v1/boards/{MISSING}{path}", headers=own)) == (404, "board_not_found")
    poll = boards.get(f"/v1/poll?boards={PRIVATE}", headers=own)
    assert poll.json["frames"][0]["b"] == PRIVATE
    assert refusal(boards.get(f"/v1/poll?boards={PRIVATE}:mars", headers=own)) == (404, "region_not_found")


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
        answer = stranger.get(path.format(PRIVATE), buffered=False)
        assert answer.status_code == 200
        answer.close()
    else:
        assert content(stranger, path, PRIVATE) == content(stranger, path, MISSING)
        assert stranger.get(path.format(PRIVATE)).status_code == 404


@pytest.mark.parametrize("age", [0, 61], ids=["good", "too old"])
@pytest.mark.parametrize("carrier", ["stream", "poll"])
def test_a_players_ticket_reveals_no_private_board_at_any_age(boards, parts, clock, carrier, age):
    ticket = Player(parts).http.post("/v1/stream/ticket").json["data"]["ticket"]
    clock.advance(seconds=age)
    path = f"/v1/{carrier}?boards={{}}&ticket={ticket}"

    private, missing = (
        content(boards, path, name, Authorization="", **BROWSER) for name in (PRIVATE, MISSING)
    )

    assert private == missing
    assert private[0] == (200 if age else 404)


def test_a_websocket_gets_the_same_bye(boards, parts):
    found = [websocket_bytes(parts, f"/v1/ws?boards={name}") for name in (PRIVATE, MISSING)]

    assert found[0] == found[1]
    assert b'"code":404' in found[0]


def websocket_bytes(parts, path):
    """The contents of the messages that a WebSocket receives."""
    ours, theirs = socket.socketpair()
    with create_app(parts).test_request_context(path):
        stream_messages(SimpleNamespace(sock=ours, connected=True))
    ours.close()
    frames = messages(b"\r\n\r\n" + theirs.recv(1000))
    theirs.close()
    return b"".join(message for _, message in frames)


@pytest.mark.parametrize("path", ["/v1/boards/{}/entries", "/v1/stream?boards={}", "/b/{}"])
def test_a_private_board_costs_as_many_trips_to_redis_as_a_missing_one(parts, boards, redis, path):
    client = create_app(parts).test_client()
    client.get(path.format(PRIVATE))

    # Repeated, because on a busy machine one of them may do without Redis.
    private, missing = path.format(PRIVATE), path.format(MISSING)
    wait_until(lambda: trips(redis, client, private) == trips(redis, client, missing))


def trips(redis, client, path):
    redis.config_resetstat()
    assert client.get(path).status_code == 404
    calls = {name: stat["calls"] for name, stat in redis.info("commandstats").items()}
    return {name: count for name, count in calls.items() if "config" not in name and "info" not in name}


def test_viewers_of_a_board_that_becomes_private_get_the_frame_for_a_missing_board(boards, parts):
    answer = create_app(parts).test_client().get("/v1/stream", buffered=False)
    (viewer,) = parts.stream.viewers.all()
    put(boards, "main", public=False)

    parts.stream.rooms.turn()

    assert viewer.ending
    assert '"code":404' in "".join(part.decode() for part in answer.response)
    answer.close()


def test_the_default_board_is_hidden_like_every_other(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, default_board=PRIVATE)
    client = create_app(parts).test_client()
    own = {"Authorization": f"Bearer {KEY}"}
    assert client.put(f"/v1/admin/boards/{PRIVATE}", json={"public": False}, headers=own).status_code == 201

    assert refusal(client.get("/v1/leaderboard")) == (404, "board_not_found")
    assert client.get("/").status_code == 404
    assert client.get("/v1/leaderboard", headers=own).status_code == 200
