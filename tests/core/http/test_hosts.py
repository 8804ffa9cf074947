"""A Host header that names no host is refused on every path, before any other work."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from tests.boards.calls import refusal

PATHS = [
    "/b/main/qr.svg",
    "/oembed?url=http://localhost/b/main",
    "/b/main",
    "/v1/boards",
    "/healthz",
    "/nothing",
]
LONG = ".".join(["a" * 49] * 5)  # 249 characters
HOSTS = [
    *("localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000", "[fe80::1%eth0]", "my_service:8000"),
    *("xn--mnchen-3ya.example", "game.example.", "game.example:", "a" * 63, LONG, f"{LONG}.abc"),
]
NO_HOSTS = [
    *(f"{LONG}.abcd", f"{LONG}:8000", "a" * 64, "a." * 4000, "..", ".a", "a..b"),
    *("a b", "a/b", "a@b", "a,b", "<a>", "a%00", "m\u00fcnchen.example", "?", "a\t"),
    *("a:b", "a:999999", ":80", "[", "[::1", "::1", "[g::1]"),
]


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def raw_client(parts):
    """A client for malformed requests, which the description of the API does not cover."""
    return create_app(parts).test_client()


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_taken_as_it_is(client, host):
    assert client.get("/v1/boards", headers={"Host": host}).status_code == 200
    assert client.get("/b/main/qr.svg", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_malformed_host_is_refused_everywhere(raw_client, redis, host):
    raw_client.get("/b/main")
    redis.config_resetstat()

    answers = [raw_client.get(path, environ_overrides={"HTTP_HOST": host}) for path in PATHS]

    assert [refusal(answer) for answer in answers] == [(400, "bad_request")] * len(PATHS)
    assert redis.info("commandstats").keys() <= {"cmdstat_config|resetstat", "cmdstat_info"}, (
        "it cost a round trip"
    )


def test_a_request_without_a_host_is_answered(client):
    assert client.get("/v1/boards", environ_overrides={"HTTP_HOST": ""}).status_code == 200
