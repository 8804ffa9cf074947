"""What rows show beside their numbers, in the first HTML."""

from __future__ import annotations

import html
import re

import pytest

from tests.boards.calls import put, submit
from tests.contract import client_of

pytestmark = pytest.mark.one_database

SHOW = [
    {"field": "country", "as": "flag", "title": "Country"},
    {"field": "team", "as": "text"},
    {"field": "site", "as": "link", "title": "Site"},
]


def cells(page, name):
    """The text of each row's cell of a kind."""
    found = re.findall(rf'<t[dh] class="{name}" role="(?:cell|rowheader)".*?</t[dh]>', page.text, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in found]


def test_rows_show_the_named_metadata_and_no_other(client):
    put(client, "cup", show=SHOW)
    metadata = {"country": "fr", "team": "<Red>", "site": 'https://example.com/"', "email": "ada@example.com"}
    submit(client, "cup", {"player": "ada", "score": 2, "metadata": metadata})
    submit(client, "cup", {"player": "bob", "score": 1, "metadata": {"site": "https://example.com/bob"}})

    pages = [client.get(path) for path in ("/b/cup", "/b/cup/tv", "/embed/cup", "/overlay/cup")]

    for page in pages:
        assert '<span class="flag" title="Country">\U0001f1eb\U0001f1f7</span>' in page.text
        assert '<bdi class="text" dir="auto">&lt;Red&gt;</bdi>' in page.text
        assert (
            '<a class="link" href="https://example.com/bob" rel="noopener nofollow ugc" target="_blank">'
            '<bdi dir="auto">Site</bdi></a>'
        ) in page.text
        assert page.text.count('class="link"') == 1
        assert "ada@example.com" not in page.text


def test_a_board_that_names_nothing_shows_nothing(client):
    submit(client, "main", {"player": "ada", "score": 2, "metadata": {"team": "Red"}})

    page = client.get("/b/main")

    assert "Red" not in page.text
    assert 'class="shown"' not in page.text


def test_portraits_have_initials_and_a_colour(client):
    submit(client, "main", {"player": "ada", "score": 2, "displayName": "Ada Lovelace"})

    page = client.get("/b/main")

    assert '<span class="portrait" data-hue="6" data-letters="AL" aria-hidden="true"></span>' in page.text


def test_pictures_come_from_the_path_that_the_setting_names(make_parts, sqlite_url):
    client = client_of(make_parts(sqlite_url, avatar_url="/avatars/{player}.webp"))
    submit(client, "main", {"player": "a:b", "score": 2})

    page = client.get("/b/main")

    assert '<img src="/avatars/a:b.webp" alt="" loading="lazy" decoding="async">' in page.text
    assert 'data-avatars="/avatars/{player}.webp"' in page.text


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, ["", "\N{MINUS SIGN}1\u202f000", ""]),
        ({"order": "asc", "decimals": 3, "unit": "s"}, ["", "", "+1.000"]),
    ],
)
def test_gaps_are_to_the_row_before(client, rules, expected):
    put(client, "cup", operator="set", **rules)
    submit(
        client,
        "cup",
        *({"player": player, "score": score} for player, score in (("a", 1001), ("b", 1), ("c", 1))),
    )

    assert cells(client.get("/b/cup"), "gap") == expected


def test_columns_have_their_titles(client):
    put(client, "cup", columns=[{"name": "wins", "title": "Won <games>"}, {"name": "setsLost"}])
    submit(client, "cup", {"player": "ada", "score": 2, "columns": {"wins": 3}})

    page = client.get("/b/cup")

    assert re.findall(r'<th class="column"[^>]*>(.*?)</th>', page.text) == ["Won &lt;games&gt;", "Sets lost"]
    assert re.findall(r'data-label="(.*?)"', page.text) == ["Won &lt;games&gt;", "Sets lost"]
