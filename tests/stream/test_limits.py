"""How often an address may open streams, and how those who opened too many are told."""

from __future__ import annotations

import json

import pytest

from scoreboard.app import create_app
from tests.boards.calls import refusal
from tests.stream.steps import publish
from tests.stream.test_routes import events


@pytest.fixture
def client(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_stream="2/minute")
    parts.followers.catch_up("boards")
    publish(parts)
    parts.hub._warm()
    return create_app(parts).test_client()


def opened(client, **options):
    answer = client.get("/v1/stream", buffered=False, **options)
    answer.close()
    return answer


def test_a_browser_that_opens_too_many_streams_is_told_inside_one(client):
    opened(client)
    opened(client)

    answer = client.get("/v1/stream", headers={"Accept": "text/event-stream"})

    bye = json.loads(events(answer, 1)[0]["data"])
    assert (answer.status_code, bye["code"], bye["why"], bye["again"]) == (200, 203, "rate", True)
    assert 50_000 < bye["retry_ms"] < 75_000
    assert answer.headers["RateLimit"].startswith('"stream";r=0;t=')


def test_any_other_client_gets_429(client):
    found = [opened(client) for _ in range(3)]

    assert [answer.status_code for answer in found] == [200, 200, 429]
    assert found[0].headers["RateLimit-Policy"] == '"stream";q=2;w=60'
    assert int(found[2].headers["Retry-After"]) > 0


def test_who_is_refused_takes_no_place(client):
    for _ in range(4):
        opened(client)

    assert client.application.extensions["parts"].viewers.places.taken == 0


def test_polling_from_a_cursor_opens_nothing(client):
    cursor = client.get("/v1/poll").json["id"]

    found = [client.get(f"/v1/poll?since={cursor}") for _ in range(5)]

    assert [answer.status_code for answer in found] == [200] * 5


def test_polling_that_begins_anew_each_time_is_limited(client):
    found = [client.get(f"/v1/poll?since={since}") for since in ("", "1-1", "nonsense")]

    assert [answer.status_code for answer in found[:2]] == [200, 200]
    assert refusal(found[2]) == (429, "rate_limited")
