"""The header and the footer of all pages."""

from __future__ import annotations

import re

import pytest

from scoreboard import __version__
from tests.contract import client_of

pytestmark = pytest.mark.one_database

PAGES = ("/", "/b/main", "/boards", "/play", "/docs", "/docs/api", "/problems", "/offline", "/b/nope")
HEADER = re.compile(r'<nav class="site-nav".*?</nav>', re.DOTALL)


def header(page):
    return re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>', HEADER.search(page.text)[0])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_the_boards_the_game_and_the_docs(client, path):
    links = header(client.get(path))

    assert [(address, text) for address, _, text in links] == [
        ("/boards", "Boards"),
        ("/play", "Play"),
        ("/docs", "Docs"),
    ]
    assert [address for address, current, _ in links if current] == [path] * (
        path in ("/boards", "/play", "/docs")
    )


def test_the_header_keeps_the_language(client):
    assert [address for address, *_ in header(client.get("/?lang=de"))] == [
        "/boards?lang=de",
        "/play?lang=de",
        "/docs?lang=de",
    ]


def test_if_nothing_can_be_played_no_link_leads_to_the_game(client):
    assert client.delete("/v1/admin/action-types/play-round").status_code == 204

    assert [text for *_, text in header(client.get("/boards"))] == ["Boards", "Docs"]


def test_the_footer_has_the_version_and_leads_to_the_source(make_parts, sqlite_url):
    source = "https://example.org/scoreboard"

    without = client_of(make_parts(sqlite_url)).get("/docs").text
    with_link = client_of(make_parts(sqlite_url, source_url=source)).get("/docs").text

    assert f"Scoreboard {__version__}" in without
    assert "Source code" not in without
    assert f'<a href="{source}" rel="noopener">Source code</a>' in with_link
