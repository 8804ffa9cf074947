"""Limits on the streams of an address, and the reports of refusals."""

from __future__ import annotations

import json

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage import rediskeys
from scoreboard.stream.serving import history
from tests.actions.play import Player
from tests.boards.calls import refusal, score
from tests.contract import client_of
from tests.stream.http.test_routes import events
from tests.stream.steps import publish

AWAY = "redis://127.0.0.1:1/0"
HOME = {"REMOTE_ADDR": "192.0.2.1"}


@pytest.fixture
def client(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_stream="2/minute")
    parts.followers.catch_up("boards")
    publish(parts)
    parts.stream.hub.warm()
    return create_app(parts).test_client()


def open_and_close(client, **options):
    answer = client.get("/v1/stream", buffered=False, **options)
    answer.close()
    return answer


def test_a_browser_that_opens_too_many_streams_is_refused_inside_a_stream(client):
    open_and_close(client)
    open_and_close(client)

    answer = client.get("/v1/stream", headers={"Accept": "text/event-stream"})

    bye = json.loads(events(answer, 1)[0]["data"])
    assert (answer.status_code, bye["code"], bye["why"], bye["again"]) == (200, 203, "rate", True)
    assert 50_000 < bye["retry_ms"] < 75_000
    assert answer.headers["RateLimit"].startswith('"stream";r=0;t=')


def test_any_other_client_gets_429(client):
    found = [open_and_close(client) for _ in range(3)]

    assert [answer.status_code for answer in found] == [200, 200, 429]
    assert found[0].headers["RateLimit-Policy"] == '"stream";q=2;w=60'
    assert int(found[2].headers["Retry-After"]) > 0


def test_a_refused_client_takes_no_slot(client):
    for _ in range(4):
        open_and_close(client)

    assert client.application.extensions["parts"].stream.slots.in_use == 0


def test_polling_from_a_cursor_opens_nothing(client):
    cursor = client.get("/v1/poll").json["id"]

    found = [client.get(f"/v1/poll?since={cursor}") for _ in range(5)]

    assert [answer.status_code for answer in found] == [200] * 5


def test_polling_without_a_usable_cursor_is_limited(client):
    found = [client.get(f"/v1/poll?since={since}") for since in ("", "1-1", "nonsense")]

    assert [answer.status_code for answer in found[:2]] == [200, 200]
    assert refusal(found[2]) == (429, "rate_limited")


@pytest.fixture
def home(make_parts, sqlite_url):
    """A process with two slots for each address; called with a ticket, it opens a stream."""
    parts = make_parts(sqlite_url, stream_max_per_address=2, stream_max_per_player=5)
    parts.followers.catch_up("boards")
    publish(parts)
    parts.stream.hub.warm()
    client, answers = create_app(parts).test_client(), []

    def stream(ticket="", *, environ=HOME):
        """The reason for a refusal; "" for a stream, which stays open."""
        answer = client.get(
            f"/v1/stream?ticket={ticket}",
            headers={"Accept": "text/event-stream"},
            environ_base=environ,
            buffered=False,
        )
        answers.append(answer)  # kept open until the end of the test
        text = next(part for part in map(bytes.decode, answer.response) if "\ndata: " in part)
        return json.loads(text.partition("\ndata: ")[2].partition("\n")[0]).get("why", "")

    stream.parts = parts
    yield stream
    for answer in answers:
        answer.close()


def ticket_of(player):
    return player.http.post("/v1/stream/ticket").json["data"]["ticket"]


def test_guests_with_tickets_cannot_take_all_streams_from_one_address(home):
    without = [home() for _ in range(3)]
    tickets = [ticket_of(Player(home.parts)) for _ in range(3)]
    with_tickets = [home(ticket) for ticket in tickets for _ in range(2)]

    assert without == ["", "", "ip_limit"]
    assert with_tickets == [""] * 4 + ["ip_limit"] * 2
    assert home(environ={"REMOTE_ADDR": "192.0.2.2"}) == ""
    assert home(tickets[0], environ={"REMOTE_ADDR": "127.0.0.1"}) == ""


def test_a_poll_that_waits_takes_a_slot_like_a_stream(home):
    tickets = [ticket_of(Player(home.parts)) for _ in range(2)]
    client = create_app(home.parts).test_client()
    for ticket in tickets:
        for _ in range(3):
            home(ticket)
    cursor = home.parts.stream.hub.head

    # All six slots are taken: a poll that would wait for 20 seconds is answered at once.
    answer = client.get(f"/v1/poll?wait=20&since={cursor}&ticket={tickets[0]}", environ_base=HOME)

    assert answer.json["frames"] == [] or answer.json["frames"][0]["t"] == "me"
    assert home.parts.stream.slots.in_use == 6


@pytest.mark.parametrize("settings", [{}, {"redis_url": AWAY}], ids=["in Redis", "in memory"])
def test_the_tickets_of_a_player_are_limited(make_parts, sqlite_url, settings):
    parts = make_parts(sqlite_url, limit_ticket="2/minute", **settings)
    ada, bob = Player(parts), Player(parts)

    answers = [ada.http.post("/v1/stream/ticket") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert refusal(answers[2]) == (429, "rate_limited")
    assert '"ticket";r=0' in answers[1].headers["RateLimit"]
    assert bob.http.post("/v1/stream/ticket").status_code == 201


def test_the_tickets_of_an_address_are_limited(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_stream="2/minute")

    found = [Player(parts).http.post("/v1/stream/ticket").status_code for _ in range(3)]

    assert found == [201, 201, 429]


@pytest.mark.parametrize("path", ["stream", "poll?wait=5"])
def test_no_board_is_opened_for_a_client_that_gets_no_slot(make_parts, sqlite_url, redis, path):
    parts = make_parts(sqlite_url)
    parts.followers.catch_up("boards")
    parts.stream.hub.degraded = True  # so that nothing waits for a first frame
    parts.stream.slots.most = 0

    create_app(parts).test_client().get(f"/v1/{path}")

    requests = redis.llen(rediskeys.dirty_wake())
    assert requests == (0 if path == "stream" else 1), "a poll is answered without a slot"


@pytest.fixture
def old_cursor(make_parts, sqlite_url, monkeypatch):
    """A process that may open one stream, and a cursor whose frames are not kept any more."""
    monkeypatch.setattr(history, "FRAMES", 1)
    parts = make_parts(sqlite_url, limit_stream="1/minute", stream_tick_ms=0)
    parts.followers.catch_up("boards")
    client = client_of(parts)
    publish(parts)
    parts.stream.hub.warm()
    cursor = parts.stream.hub.head
    for player in ("ada", "bob"):
        score(client, "main", **{player: 1})
        publish(parts)
        parts.stream.hub.read()
    return parts, cursor


def test_a_cursor_without_kept_frames_is_charged_as_an_opening(old_cursor):
    parts, cursor = old_cursor
    client = create_app(parts).test_client()

    found = [open_and_close(client, headers={"Last-Event-ID": str(cursor)}) for _ in range(2)]

    assert [answer.status_code for answer in found] == [200, 429]
    assert found[0].headers["Scoreboard-Resume"] == "partial"
    assert parts.stream.slots.in_use == 0


def test_a_cursor_without_kept_frames_counts_against_the_openings_of_a_second(old_cursor):
    parts, cursor = old_cursor
    parts.stream.slots._openings["127.0.0.1"] = (0.0, float("inf"))
    parts.stream.slots.free = ()
    client = create_app(parts).test_client()

    answer = client.get("/v1/stream", headers={"Last-Event-ID": str(cursor), "Accept": "text/event-stream"})

    assert json.loads(events(answer, 1)[0]["data"])["why"] == "rate"
    assert parts.stream.slots.in_use == 0
