"""The list of boards, over HTTP."""

from __future__ import annotations

import html
import re

import pytest

from tests.pages.test_pages import define, submit

pytestmark = pytest.mark.one_database


def cards(page):
    """The boards of the list: id, and the text of its card."""
    items = re.findall(r'<li data-board="([^"]+)">(.*?)</li>', page.text, re.DOTALL)
    return {board: " ".join(html.unescape(re.sub(r"<[^>]+>", " ", card)).split()) for board, card in items}


def test_each_public_board_has_its_players_and_its_leader(client):
    define(client, "laps", title="Laps", unit="s", decimals=3, order="asc", operator="best")
    define(client, "secret", public=False)
    submit(
        client, "laps", {"player": "a", "displayName": "Ada", "score": 83456}, {"player": "b", "score": 90000}
    )

    boards = cards(client.get("/boards"))

    assert list(boards) == ["laps", "main"]
    assert boards["laps"].startswith("Laps Live 1 Ada in the lead 1:23.456 2 players All time")
    assert boards["main"] == "Main board Nobody has scored yet 0 players All time"


def test_a_running_period_says_when_it_ends(client, clock):
    define(client, "cup", period="weekly")

    page = client.get("/boards")

    ends = client.get("/v1/boards/cup").json["data"]["currentPeriod"]["endsAt"]
    assert "This week" in cards(page)["cup"]
    assert re.search(
        rf'<time data-ends="\d+" datetime="{ends}">\d\d\d\d-\d\d-\d\d 00:00 UTC</time>', page.text
    )


def test_a_board_is_live_as_long_as_somebody_scores(client, clock):
    submit(client, "main", {"player": "ada", "score": 1})
    assert ' class="live">' in client.get("/boards").text

    clock.advance(seconds=6 * 60)

    assert ' class="live">' not in client.get("/boards").text


def test_a_new_period_begins_without_a_mark_of_the_last_one(client, clock):
    define(client, "cup", period="daily")
    submit(client, "cup", {"player": "ada", "score": 1})
    clock.advance(days=1)

    assert (
        cards(client.get("/boards"))["cup"]
        == "cup Nobody has scored yet 0 players Today ends "
        + (re.search(r"ends (\S+ \S+ UTC)", cards(client.get("/boards"))["cup"])[1])
    )


def test_long_lists_are_paged(client):
    for number in range(60):
        define(client, f"b{number:02}")

    first, second = client.get("/boards"), client.get("/boards?offset=50")

    assert len(cards(first)) == 50
    assert [*cards(second)][-1] == "main"
    assert len(cards(second)) == 11
    assert 'href="/boards?offset=50"' in first.text
    assert len(cards(client.get("/boards?offset=nonsense"))) == 50


def test_names_and_titles_are_text_and_never_markup(client):
    define(client, "odd", title="<b>Odd</b>")
    submit(client, "odd", {"player": "x", "displayName": "<i>x</i>", "score": 1})

    page = client.get("/boards").text

    assert "&lt;b&gt;Odd&lt;/b&gt;" in page
    assert "&lt;i&gt;x&lt;/i&gt;" in page


def test_a_server_without_public_boards_says_so(client):
    assert client.delete("/v1/admin/boards/main").status_code == 204

    page = client.get("/boards")

    assert "There is no public board yet." in page.text
    assert 'href="/docs#board"' in page.text
