"""The page of a player, over HTTP."""

from __future__ import annotations

import html
import re

import pytest

from tests.pages.test_pages import define, submit

pytestmark = pytest.mark.one_database


def text(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2])).split())


def test_a_player_is_shown_with_their_ranks_on_all_boards(client):
    define(client, "laps", title="Laps", unit="s", decimals=3, order="asc", operator="best")
    submit(
        client,
        "laps",
        {"player": "ada", "displayName": "Ada", "score": 83456},
        {"player": "b", "score": 90000},
    )
    submit(client, "main", {"player": "ada", "score": 5}, {"player": "bob", "score": 7})

    page = client.get("/p/ada")

    assert page.status_code == 200
    assert "<title>Ada · Scoreboard</title>" in page.text
    assert "Laps Rank 1 of 2 1:23.456 All time" in text(page)
    assert "Main board Rank 2 of 2 5 All time" in text(page)
    assert 'href="/b/laps?me=ada"' in page.text
    assert 'property="og:image" content="http://localhost/p/ada/card.png"' in page.text
    assert 'content="1 Laps 1:23.456 · 2 Main board 5"' in page.text


def test_past_periods_and_the_best_one_are_listed(client, clock):
    define(client, "cup", title="Cup", period="daily", operator="best")
    for score in (8, 5):
        submit(client, "cup", {"player": "ada", "score": score})
        clock.advance(days=1)

    page = client.get("/p/ada")

    assert "Cup No result in this period yet" in text(page)
    assert re.search(r"Best \d+ \w+ 1 of 1 8 \d+ \w+ 1 of 1 5 \d+ \w+ 1 of 1 8", text(page))


@pytest.mark.parametrize("player", ["nobody", "hidden", "no spaces", "%00", "x" * 65])
def test_a_player_that_no_public_board_shows_has_no_page(client, player):
    define(client, "secret", public=False)
    submit(client, "secret", {"player": "hidden", "displayName": "Hidden", "score": 1})

    page = client.get(f"/p/{player}")

    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert "Hidden" not in page.text


def test_names_are_text_and_never_markup(client):
    define(client, "odd", title="<b>Odd</b>")
    submit(client, "odd", {"player": "x", "displayName": '"><script>x</script>', "score": 1})

    page = client.get("/p/x").text

    assert "<script>x" not in page
    assert "<b>Odd" not in page


def test_a_page_follows_the_running_periods(client):
    define(client, "cup", period="daily")
    submit(client, "cup", {"player": "ada", "score": 5})
    submit(client, "main", {"player": "ada", "score": 5})

    page = client.get("/p/ada").text

    assert re.findall(r'data-scope="([^"]+)" data-rank="1" data-score="5"', page) == ["cup", "main"]
