"""The archive of a board: past periods with their podiums."""

from __future__ import annotations

import html
import re

import pytest

from tests.boards.calls import put, submit

pytestmark = pytest.mark.one_database

PODIUM = re.compile(r"<li>\s*<h2>.*?</li>", re.DOTALL)


@pytest.fixture
def days(client, clock):
    """Plays a daily board on the given number of days, the last of which is not over."""

    def play(count, **more):
        put(client, "cup", period="daily", regions=["eu"], regionTitles={"eu": "Europe"}, **more)
        for day in range(count):
            clock.advance(days=1 if day else 0)
            for number, name in enumerate(("ada", "bob", "eve", "dan")):
                entry = {"player": name, "displayName": name.title(), "score": day * 10 + number}
                submit(client, "cup", entry | ({"region": "eu"} if name == "ada" else {}))

    return play


def podiums(page):
    """The periods of a page, each with ranks, names and scores."""
    found = []
    for text in PODIUM.findall(page.text):
        period = re.search(r"data-kind[^>]*>(.*?)</bdi>", text)[1]
        rows = re.findall(r"<tr data-rank.*?</tr>", text, re.DOTALL)
        cells = [re.sub(r"<[^>]*>", " ", row).split() for row in rows]
        found.append((period, [tuple(map(html.unescape, one)) for one in cells]))
    return found


def test_past_periods_are_shown_newest_first_each_with_its_first_three(client, days):
    days(3)

    page = client.get("/b/cup/periods")

    assert podiums(page) == [
        ("2026-01-02", [("1", "Dan", "13"), ("2", "Eve", "12"), ("3", "Bob", "11")]),
        ("2026-01-01", [("1", "Dan", "3"), ("2", "Eve", "2"), ("3", "Bob", "1")]),
    ]
    assert 'href="/b/cup?period=2026-01-02"' in page.text
    assert 'href="/p/dan"' in page.text
    assert "4 players" in page.text


def test_a_region_has_podiums_of_its_own(client, days):
    days(2)

    page = client.get("/b/cup/periods?region=eu")

    assert podiums(page) == [("2026-01-01", [("1", "Ada", "0")])]
    assert ">Europe</bdi></a>" in page.text
    assert client.get("/b/cup/periods?region=us").status_code == 404


def test_ties_share_a_rank(client, clock):
    put(client, "cup", period="daily", ties="competition")
    for player in ("ada", "bob"):
        submit(client, "cup", {"player": player, "score": 5})
    clock.advance(days=1)

    assert podiums(client.get("/b/cup/periods")) == [("2026-01-01", [("=1", "ada", "5"), ("=1", "bob", "5")])]


def test_older_periods_are_on_further_pages(client, days):
    days(15)

    first = client.get("/b/cup/periods")
    link = html.unescape(re.search(r'rel="next" href="([^"]*)"', first.text)[1])
    second = client.get(link)

    assert [period for period, _ in podiums(first)] == [f"2026-01-{day:02}" for day in range(14, 2, -1)]
    assert [period for period, _ in podiums(second)] == ["2026-01-02", "2026-01-01"]
    assert 'rel="next"' not in second.text
    assert 'href="/b/cup/periods?kind=daily"' in second.text


def test_one_kind_of_periods_is_shown_at_a_time(client, days):
    days(9, windows=["weekly"])

    own, weeks, other = (client.get(f"/b/cup/periods?kind={kind}") for kind in ("", "weekly", "hourly"))

    assert [period for period, _ in podiums(weeks)] == ["2026-W01"]
    assert len(podiums(own)) == len(podiums(other)) == 8


@pytest.mark.parametrize("before", ["x", "1", "1-", "9999999999999999-1", "-1-1", "1-1\n"])
def test_a_broken_link_shows_the_newest(client, days, before):
    days(2)

    page = client.get("/b/cup/periods", query_string={"before": before})

    assert [period for period, _ in podiums(page)] == ["2026-01-01"]


def test_a_board_of_all_time_has_no_past(client):
    page = client.get("/b/main/periods")

    assert (page.status_code, podiums(page)) == (200, [])
    assert "No period of this board is over yet." in page.text


def test_an_archive_of_a_private_board_does_not_exist(client):
    put(client, "secret", period="daily", public=False)

    assert client.get("/b/secret/periods").status_code == 404


def test_names_are_texts(client, clock):
    put(client, "cup", period="daily", title="<b>Cup")
    submit(client, "cup", {"player": "x", "score": 1, "displayName": "<i>x"})
    clock.advance(days=1)

    page = client.get("/b/cup/periods")

    assert "&lt;i&gt;x" in page.text
    assert "<i>x" not in page.text
    assert "<b>Cup" not in page.text
