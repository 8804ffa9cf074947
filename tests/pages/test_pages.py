"""The pages over HTTP, without a browser."""

from __future__ import annotations

import html
import json
import re

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage.unavailable import DatabaseLost
from tests.pages.html import INLINE
from tests.support import KEY

pytestmark = pytest.mark.one_database


def define(client, board, **definition):
    assert client.put(f"/v1/admin/boards/{board}", json=definition).status_code in (200, 201)


@pytest.mark.parametrize(("windows", "menus"), [([], 0), (["daily", "monthly", "all"], 2)])
def test_periods_and_regions_become_menus_where_links_would_need_two_lines(client, windows, menus):
    regions = {"eu": "Europe", **({"us": "United States"} if menus else {})}
    define(client, "cup", period="weekly", windows=windows, regions=[*regions], regionTitles=regions)

    page = client.get("/b/cup?region=eu").text

    assert page.count("<details") == menus
    assert len(re.findall('<nav[^>]* aria-label="Period"', page)) == 1
    assert 'href="/b/cup?period=previous&amp;region=eu"' in page
    assert 'aria-current="page"><bdi dir="auto">Europe</bdi>' in page


def submit(client, board, *entries):
    answer = client.post(f"/v1/boards/{board}/scores", json={"entries": list(entries)})
    assert answer.json["data"]["rejected"] == []


def rows(page):
    """The rows of a page: rank, name, columns, score."""
    found = []
    for row in re.findall(r"<tr role=\"row\" data-player.*?</tr>", page.text, re.DOTALL):
        name = html.unescape(re.search(r"<bdi[^>]*>(.*?)</bdi>", row)[1])
        numbers = [
            re.sub(r"<[^>]*>", "", cell)
            for cell in re.findall(r"<td class=\"(?:column|score)\".*?</td>", row, re.DOTALL)
        ]
        rank = re.search(r"<td class=\"rank\"[^>]*>(=?\d+)", row)[1]
        found.append((rank, name, *numbers))
    return found


def test_the_default_board_is_at_the_root(client):
    submit(
        client,
        "main",
        {"player": "ada", "displayName": "Ada", "score": 1234567},
        {"player": "bob", "score": 12},
    )

    page = client.get("/")

    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert rows(page) == [("1", "Ada", "1234567"), ("2", "bob", "12")]


def test_an_empty_board_says_how_to_send_a_first_score(client):
    page = client.get("/", headers={"Host": "scores.example:8080"})

    command = html.unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", page.text, re.DOTALL)[1])
    assert command.startswith("curl http://scores.example:8080/v1/boards/main/scores ")
    assert '"Authorization: Bearer $KEY"' in command
    assert "keys create --scopes scores:write" in page.text
    assert "var/server.key" in page.text

    body = json.loads(command.partition("-d '")[2].removesuffix("'"))
    submit(client, "main", *body["entries"])
    assert rows(client.get("/")) == [("1", "Ada", "10")]


@pytest.mark.parametrize(
    "rules",
    [
        {"operator": "best", "minScore": 500},
        {"operator": "set", "maxScore": -5},
        {"operator": "increment", "maxIncrement": 3},
    ],
)
def test_the_first_score_that_a_page_proposes_is_one_that_the_board_takes(client, rules):
    define(client, "strict", regions=["eu"], **rules)
    page = client.get("/b/strict?region=eu")

    command = html.unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", page.text, re.DOTALL)[1])
    submit(client, "strict", *json.loads(command.partition("-d '")[2].removesuffix("'"))["entries"])

    assert len(rows(client.get("/b/strict?region=eu"))) == 1


def test_a_board_shows_its_columns_and_its_tie_rule(client):
    define(client, "league", title="League", ties="competition", columns=[{"name": "goalDifference"}])
    submit(
        client,
        "league",
        {"player": "a", "score": 3, "columns": {"goalDifference": -2}},
        {"player": "b", "score": 3, "columns": {"goalDifference": -2}},
        {"player": "c", "score": 1, "columns": {"goalDifference": 7}},
    )

    page = client.get("/b/league")

    assert rows(page) == [("=1", "a", "-2", "3"), ("=1", "b", "-2", "3"), ("3", "c", "7", "1")]
    assert ">Goal difference</th>" in page.text


def test_decimals_are_shown_and_digits_are_grouped_by_style_alone(client):
    define(client, "weights", decimals=3, unit="kg", operator="set")
    submit(client, "weights", {"player": "a", "score": 1234567}, {"player": "b", "score": -5})

    page = client.get("/b/weights")

    assert rows(page) == [("1", "a", "1234.567"), ("2", "b", "-0.005")]
    assert "<span>1</span><span>234.567</span>" in page.text


def test_seconds_are_read_from_a_clock(client):
    define(client, "laps", decimals=3, unit="s", operator="best", order="asc")
    scores = {"a": 58_305, "b": 83_456, "c": 3_723_004}
    submit(client, "laps", *({"player": player, "score": score} for player, score in scores.items()))

    page = client.get("/b/laps")

    assert rows(page) == [("1", "a", "58.305"), ("2", "b", "1:23.456"), ("3", "c", "1:02:03.004")]
    assert 'scope="col">Time</th>' in page.text


def test_a_page_shows_as_many_rows_as_the_stream_holds(client):
    define(client, "short", size=2)
    submit(client, "short", *({"player": f"p{number}", "score": number} for number in range(5)))

    page = client.get("/b/short")

    assert [name for _, name, *_ in rows(page)] == ["p4", "p3"]
    assert 'data-total="5"' in page.text
    assert '<span class="where">1\N{EN DASH}2 of 5</span>' in page.text


def test_the_pager_works_without_a_script(client):
    define(client, "short", size=2)
    submit(client, "short", *({"player": f"p{number}", "score": number} for number in range(5)))

    page = client.get("/b/short?offset=2")
    turns = dict(re.findall(r"<a data-turn=\"(\w+)\" href=\"([^\"]+)\"", page.text))

    assert rows(page) == [("3", "p2", "2"), ("4", "p1", "1")]
    assert turns == {
        "first": "/b/short",
        "previous": "/b/short",
        "next": "/b/short?offset=4",
        "last": "/b/short?offset=4",
    }
    assert rows(client.get(turns["last"])) == [("5", "p0", "0")]
    # Deltas of the stream can't be applied to a part of the list.
    assert 'data-since=""' in page.text


def test_a_page_says_where_its_stream_begins(client, parts):
    submit(client, "main", {"player": "ada", "score": 1})

    page = client.get("/b/main")

    assert 'data-scope="main"' in page.text
    assert f'data-since="{client.get("/v1/boards/main/entries").json["data"]["id"]}"' in page.text


def test_names_are_text_and_never_markup(client):
    submit(client, "main", {"player": "x", "displayName": "<script>alert(1)</script>", "score": 1})

    page = client.get("/")

    assert "<script>alert" not in page.text
    assert rows(page) == [("1", "<script>alert(1)</script>", "1")]


def test_a_period_that_is_over_is_shown_and_does_not_stream(client, clock):
    define(client, "daily", period="daily")
    submit(client, "daily", {"player": "ada", "score": 5})
    clock.advance(days=1)
    submit(client, "daily", {"player": "bob", "score": 3})

    today, yesterday = client.get("/b/daily"), client.get("/b/daily?period=previous")

    assert [name for _, name, _ in rows(today)] == ["bob"]
    assert [name for _, name, _ in rows(yesterday)] == ["ada"]
    assert "data-scope" in today.text
    assert "data-scope" not in yesterday.text
    assert ">Final<" in yesterday.text


def test_a_further_period_that_runs_streams_too(client):
    define(client, "weekly", period="weekly", windows=["daily"])
    submit(client, "weekly", {"player": "ada", "score": 5})

    assert 'data-scope="weekly@daily"' in client.get("/b/weekly?period=daily").text


def test_a_links_preview_names_the_leaders(client):
    define(client, "main", title="Finals", ties="competition")
    submit(client, "main", {"player": "ada", "displayName": 'Ada "the first"', "score": 12_345})
    submit(client, "main", {"player": "bob", "score": 7})

    page = html.unescape(client.get("/b/main").text)

    assert '<meta property="og:title" content="Finals">' in page
    assert '<meta property="og:description" content="1 Ada "the first" 12 345 · 2 bob 7">' in page


def test_a_region_has_its_own_page_and_stream(client):
    define(client, "world", regions=["eu", "us"])
    submit(client, "world", {"player": "a", "score": 5, "region": "eu"}, {"player": "b", "score": 9})

    page = client.get("/b/world?region=eu")

    assert [name for _, name, _ in rows(page)] == ["a"]
    assert 'data-scope="world:eu"' in page.text


def test_the_root_leads_to_the_other_public_boards(client):
    define(client, "league", title="League")
    define(client, "secret", title="Secret", public=False)

    page = client.get("/")

    assert 'href="/b/league"' in page.text
    assert "secret" not in page.text.lower()


@pytest.mark.parametrize(
    "path", ["/b/nope", "/b/main?period=1999-W01", "/b/main?region=mars", "/b/%22%3E%3Cb%3E"]
)
def test_a_missing_page_is_answered_with_a_page_that_helps(client, path):
    page = client.get(path)

    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert 'href="/b/main"' in page.text
    assert "<b>" not in page.text


def test_a_private_board_looks_like_a_missing_one(client):
    define(client, "secret", public=False)

    private, missing = client.get("/b/secret"), client.get("/b/secreT")

    assert private.status_code == missing.status_code == 404
    assert private.text == missing.text.replace("secreT", "secret")


def test_a_database_that_is_away_gets_a_page_that_tries_again(client, parts, monkeypatch):
    def away(id):
        raise DatabaseLost

    monkeypatch.setattr(parts.boards.service, "find", away)

    page = client.get("/")

    assert page.status_code == 503
    assert page.headers["Retry-After"] == "1"
    assert '<meta http-equiv="refresh"' in page.text


def test_pages_may_load_nothing_but_our_own_files(client):
    for path in ("/", "/b/nope", "/play", "/docs", "/docs/api", "/docs/events", "/docs/embed", "/problems"):
        page = client.get(path)
        policy = page.headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "private, no-cache"
        assert not INLINE.search(page.text)
        loading = re.sub(
            r"<link rel=\"(?:canonical|alternate)\"[^>]*>", "", page.text
        )  # addresses, never loaded
        assert not re.search(r"(?:src|href)=\"(?![/#])", loading)


@pytest.mark.parametrize(
    "page", ["/", "/play", "/docs", "/docs/api", "/docs/events", "/docs/embed", "/problems"]
)
def test_every_file_that_a_page_names_is_there_and_is_kept_until_the_next_release(client, page):
    text = client.get(page).text
    paths = re.findall(r"\"(/assets/[^\"]+)\"", text)

    assert paths
    assert not re.search(r"(?:src|href)=\"/(?:static|sdk)/", text), "an address without a version"
    for path in paths:
        file = client.get(path)
        again = client.get(path, headers={"If-None-Match": file.headers["ETag"]})

        assert (file.status_code, again.status_code) == (200, 304), path
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        file.close()
        again.close()


@pytest.mark.parametrize("path", ["/static/css/base.css", "/sdk/scoreboard.js", "/embed.js"])
def test_files_for_other_sites_have_fixed_addresses_and_are_revalidated(client, path):
    with client.get(path) as file:
        assert file.status_code == 200
        assert re.search("no-cache|max-age=0", file.headers["Cache-Control"])


def test_a_page_of_an_older_release_gets_the_present_files_and_may_not_keep_them(client):
    path = re.search(r"\"(/assets/[^\"]+/js/main.js)\"", client.get("/").text)[1]
    older = re.sub(r"^/assets/[^/]+", f"/assets/{'0' * 16}", path)

    with client.get(path) as present, client.get(older) as answer:
        assert (answer.status_code, answer.data) == (200, present.data)
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/play", "/docs/api", "/b/nope", "/sw.js", "/b/main.svg"])
def test_pages_are_compressed_for_clients_that_accept_it(client, path):
    submit(client, "main", *({"player": f"p{number}", "score": number} for number in range(20)))
    plain, packed = (client.get(path, headers={"Accept-Encoding": kind}) for kind in ("identity", "br, gzip"))

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert packed.headers["Content-Length"] == f"{len(packed.data)}"


def test_a_board_can_be_played_where_its_points_show_up(client, clock):
    define(client, "daily", period="daily", windows=["all"], regions=["eu"])
    define(client, "other")
    define(client, "servers", trust="server")
    rules = {"boards": ["daily"], "points": {"min": 1, "max": 10}}
    assert client.put("/v1/admin/action-types/play-round", json=rules).status_code == 200
    submit(client, "daily", {"player": "ada", "score": 1})
    clock.advance(days=1)

    def is_playable(path):
        page = client.get(path)
        assert page.status_code == 200
        return 'data-action="play-round"' in page.text

    assert is_playable("/b/daily")
    assert not is_playable("/b/daily?period=previous")
    assert not is_playable("/b/daily?period=all")
    assert not is_playable("/b/daily?region=eu")
    assert not is_playable("/b/other")
    assert not is_playable("/b/servers")

    define(client, "daily", period="daily", windows=["all"], regions=["eu"], trust="server")
    assert not is_playable("/b/daily")


def test_the_play_page_is_that_of_the_first_board_on_which_points_show_up(client):
    define(client, "servers")
    define(client, "secret", public=False)
    define(client, "laps", title="Laps <b>", operator="decrement", decimals=1)
    rules = {"boards": ["servers", "secret", "laps", "main"], "points": {"min": 1, "max": 10}}
    assert client.put("/v1/admin/action-types/play-round", json=rules).status_code == 200
    define(client, "servers", trust="server")
    submit(client, "laps", {"player": "ada", "score": 15, "operator": "set"})

    page = client.get("/play")

    assert page.status_code == 200
    assert 'data-board="laps"' in page.text
    assert 'data-operator="decrement"' in page.text
    assert "Laps &lt;b&gt;" in page.text
    assert '<span class="score">1.5</span>' in page.text


@pytest.mark.parametrize(
    ("query", "link_query"),
    [
        ("", ""),
        ("?period=daily", "?period=daily"),
        ("?period=daily&region=eu", "?period=daily&amp;region=eu"),
        ("?period=previous", "?period={last}"),  # a shared link shows the same week later
    ],
)
def test_the_links_of_a_page_keep_its_period_and_its_region(client, clock, query, link_query):
    define(client, "cup", period="weekly", windows=["daily"], regions=["eu"])
    submit(client, "cup", {"player": "ada", "score": 1, "region": "eu"})
    last = client.get("/v1/boards/cup").json["data"]["currentPeriod"]["id"]
    clock.advance(days=7)

    page = client.get(f"/b/cup{query}").text

    link_query = link_query.format(last=last)
    assert f'href="/b/cup/tv{link_query}"' in page
    assert f'href="/b/cup/qr.svg{link_query}"' in page
    assert f'data-url="http://localhost/b/cup{link_query}"' in page


def test_if_nothing_can_be_played_there_is_no_play_page(client):
    assert client.delete("/v1/admin/action-types/play-round").status_code == 204

    page = client.get("/play")

    assert page.status_code == 404
    assert "Nothing to see here" in page.text


def test_no_board_can_be_played_without_its_action_type(client):
    assert "data-action" in client.get("/b/main").text

    assert client.delete("/v1/admin/action-types/play-round").status_code == 204

    assert "data-action" not in client.get("/b/main").text


def test_the_api_answers_in_json_only(parts):
    client = create_app(parts).test_client()

    missing = client.get("/v1/boards/nope", headers={"Authorization": f"Bearer {KEY}"})

    assert missing.mimetype == "application/problem+json"
