"""Pages of other origins: all may read, those of named ones may write."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from tests.support import KEY

GAME, OTHER = "https://game.example", "https://evil.example"
SCORES = "/v1/boards/main/scores"


@pytest.fixture
def browser(make_parts, sqlite_url):
    return create_app(make_parts(sqlite_url, allowed_origins=GAME)).test_client()


def preflight(browser, origin, method, path=SCORES):
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return browser.options(path, headers=headers).headers


def cors(headers):
    return {name for name, _ in headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize("origin", [GAME, OTHER, "null"])
def test_every_page_may_read_answers_and_their_headers(browser, origin):
    headers = browser.get("/v1/boards", headers={"Origin": origin}).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "RateLimit", "RateLimit-Policy", "Retry-After"} <= {
        *headers["Access-Control-Expose-Headers"].split(", ")
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_named_page_may_write(browser, method):
    headers = preflight(browser, GAME, method)

    assert headers["Access-Control-Allow-Origin"] == GAME
    assert method in headers["Access-Control-Allow-Methods"].split(", ")
    assert {"Authorization", "Content-Type", "Idempotency-Key"} <= {
        *headers["Access-Control-Allow-Headers"].split(", ")
    }
    assert "Origin" in headers["Vary"]


def test_a_named_page_may_read_with_a_token(browser):
    assert "Authorization" in preflight(browser, GAME, "GET", "/v1/boards")["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", [OTHER, "null", "", GAME + ".evil.example", "http://game.example"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ANY"])
def test_no_other_page_may_write(browser, origin, method):
    assert cors(preflight(browser, origin, method)) == set()
    assert cors(browser.post(SCORES, headers={"Origin": origin}).headers) == set()


def test_another_page_may_ask_before_it_reads(browser):
    headers = preflight(browser, OTHER, "GET", "/v1/boards")

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" not in headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(("key", "status"), [(KEY, 200), ("sk_wrong", 401)])
def test_a_named_page_can_read_all_answers_to_its_writes(browser, key, status):
    answer = browser.post(
        SCORES,
        json={"entries": [{"player": "ada", "score": 1}]},
        headers={"Origin": GAME, "Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == GAME
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_without_named_origins_no_page_may_write(make_parts, sqlite_url):
    browser = create_app(make_parts(sqlite_url)).test_client()

    assert cors(preflight(browser, GAME, "POST")) == set()
    assert cors(preflight(browser, "", "POST")) == set()
