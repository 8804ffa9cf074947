"""Errors outside of the pages: as a page for browsers, as problem+json for all others."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage.unavailable import DatabaseLost

pytestmark = pytest.mark.one_database

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
CLIENTS = [
    {},
    {"Accept": "*/*"},
    {"Accept": "application/json"},
    {"Accept": "application/json, text/html;q=0.5"},
    {"Accept": "nonsense"},
]
UNKNOWN = ("/nope", "/admin", "/static/nope.js", "/b/main/nope", "/vendor/nope")


@pytest.mark.parametrize("path", UNKNOWN)
def test_a_browser_gets_a_page_for_an_unknown_address(client, path):
    page = client.get(path, headers=BROWSER)

    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert 'href="/b/main"' in page.text
    assert "Accept" in page.vary
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("headers", CLIENTS)
@pytest.mark.parametrize("path", UNKNOWN)
def test_other_clients_get_problem_json(client, path, headers):
    answer = client.get(path, headers=headers)

    assert answer.status_code == 404
    assert answer.json["code"] == "not_found"
    assert answer.mimetype == "application/problem+json"
    assert "Accept" in answer.vary


@pytest.mark.parametrize("path", ["/v1/nope", "/v1/boards/nope", "/v1/boards/", "/v1/"])
def test_the_api_answers_browsers_in_json_too(client, path):
    answer = client.get(path, headers=BROWSER)

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_a_process_without_pages_answers_everybody_in_json(parts):
    client = create_app(parts, ("board",)).test_client()

    assert client.get("/nope", headers=BROWSER).mimetype == "application/problem+json"


def test_other_errors_are_pages_too(client):
    page = client.post("/robots.txt", headers=BROWSER)

    assert page.status_code == 405
    assert page.mimetype == "text/html"
    assert "Method not allowed" in page.text
    assert page.headers["Allow"] == "GET, HEAD, OPTIONS"


def fail(*args, **options):
    raise RuntimeError


def test_a_failure_is_a_page_that_names_the_log(client, parts, monkeypatch):
    monkeypatch.setattr(parts.boards.service, "entries", fail)

    page = client.get("/boards", headers=BROWSER)

    assert page.status_code == 500
    assert "The server&#39;s log has details" in page.text


def test_if_the_page_fails_too_the_error_is_answered_in_json(client, parts, monkeypatch):
    monkeypatch.setattr(parts.boards.service, "all", fail)

    answer = client.get("/nope", headers=BROWSER)

    assert answer.status_code == 404
    assert answer.json["code"] == "not_found"


def test_while_the_database_is_away_an_unknown_address_is_still_not_found(client, parts, monkeypatch):
    def away():
        raise DatabaseLost

    monkeypatch.setattr(parts.boards.service, "all", away)

    page = client.get("/nope", headers=BROWSER)

    assert page.status_code == 404
    assert page.mimetype == "text/html"


@pytest.mark.parametrize("headers", [{}, BROWSER])
@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/docs/", "/docs"),
        ("/b/main/", "/b/main"),
        ("/b/main/tv/", "/b/main/tv"),
        ("/b/main/?period=all&lang=de", "/b/main?period=all&lang=de"),
        ("/b/nope/", "/b/nope"),  # that page is 404 if there is no such board
        ("/robots.txt/", "/robots.txt"),
    ],
)
def test_a_slash_at_the_end_is_removed(client, path, target, headers):
    answer = client.get(path, headers=headers)

    assert answer.status_code == 308
    assert answer.headers["Location"] == target


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "/docs//",
        "/nope/",
        "/\\evil.example/",
        "/%2Fevil.example/",
        "/v1/boards/",
    ],
)
def test_nothing_else_is_redirected(client, path):
    # The test client would read two slashes as the beginning of a host.
    answer = client.get("/", environ_overrides={"PATH_INFO": unquote(path)})

    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_two_slashes_never_become_the_name_of_a_host(client):
    answer = client.get("/", environ_overrides={"PATH_INFO": "//docs/"})

    assert answer.headers["Location"] == "/docs"


def test_below_a_path_the_redirection_stays_below_it(client):
    answer = client.get("/docs/", environ_overrides={"SCRIPT_NAME": "/games"})

    assert answer.headers["Location"] == "/games/docs"


def test_a_write_is_never_redirected(client):
    assert client.post("/docs/").status_code == 404


def test_search_engines_may_read_pages_and_not_the_api(client):
    rules = client.get("/robots.txt")

    assert rules.mimetype == "text/plain"
    assert rules.text.splitlines() == [
        "User-agent: *",
        "Disallow: /v1/",
        "Disallow: /embed/",
        "Disallow: /overlay/",
        "Disallow: /offline",
    ]


def test_the_icon_has_the_name_that_programs_request(client):
    icon = client.get("/favicon.ico")

    assert icon.status_code == 200
    assert icon.mimetype == "image/vnd.microsoft.icon"
    assert icon.data[:6] == b"\x00\x00\x01\x00\x01\x00"
    assert icon.data[22:30] == b"\x89PNG\r\n\x1a\n"
