"""Boards on other pages, over HTTP."""

from __future__ import annotations

import fcntl
import html
import re
from xml.etree import ElementTree as ET

import pytest

from scoreboard.core.concurrency.processes import SERVE_LOCK
from scoreboard.core.network import lan_address
from scoreboard.pages.sharing.qr import qr_code
from scoreboard.pages.sharing.routes import board_in
from tests.contract import client_of
from tests.pages.html import INLINE

pytestmark = pytest.mark.one_database

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def board(client):
    """A public board with two players, one of whom has a strange name."""
    client.put("/v1/admin/boards/finals", json={"title": "Finals & more", "ties": "competition"})
    entries = [
        {"player": "x", "displayName": "<script>alert('&')</script>", "score": 1234},
        {"player": "y", "score": 7},
    ]
    assert client.post("/v1/boards/finals/scores", json={"entries": entries}).json["data"]["rejected"] == []
    return "finals"


def texts(answer):
    return [text.text for text in ET.fromstring(answer.text).iter(f"{SVG}text")]


def test_the_element_comes_with_one_script_for_all_sites(client):
    script = client.get("/embed.js")
    module = re.search(r'from "\.(/[^"]+)"', script.text)[1]

    for answer in (script, client.get(module), client.get("/static/css/leaderboard.css")):
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        answer.close()


def test_a_board_is_an_image(client, board):
    image = client.get(f"/b/{board}.svg")

    assert image.mimetype == "image/svg+xml"
    assert image.headers["Cache-Control"] == "public, max-age=60"
    assert texts(image)[:2] == ["Finals & more", "All time · 2 players"]
    assert texts(image)[2:] == ["1", "<script>alert('&')</script>", "1\u2009234", "2", "y", "7"]
    assert not list(ET.fromstring(image.text).iter(f"{SVG}script"))


def test_an_image_that_did_not_change_is_not_sent_again(client, board):
    image = client.get(f"/b/{board}.svg?rows=1")

    again = client.get(f"/b/{board}.svg?rows=1", headers={"If-None-Match": image.headers["ETag"]})

    assert again.status_code == 304
    assert len(texts(image)) == 5


def test_an_image_of_an_empty_board_says_so(client):
    client.put("/v1/admin/boards/empty", json={})

    assert texts(client.get("/b/empty.svg"))[-1] == "Nobody has scored yet"
    assert texts(client.get("/b/empty.svg?lang=de"))[-1] == "Noch hat niemand Punkte"


def test_a_qr_code_has_the_host_of_the_request(client, board):
    ours, theirs = (
        client.get(f"/b/{board}/qr.svg", headers={"Host": host}) for host in ("a.test", "bb.test")
    )

    assert ours.mimetype == "image/svg+xml"
    assert ET.fromstring(ours.text).tag == f"{SVG}svg"
    assert ours.text != theirs.text


def test_a_qr_code_leads_to_the_period_and_the_region_that_were_shown(client):
    client.put("/v1/admin/boards/cup", json={"regions": ["eu"], "period": "weekly"})

    code = client.get("/b/cup/qr.svg?period=previous&region=eu").data

    assert code == qr_code("http://localhost/b/cup?period=previous&region=eu")
    assert client.get("/b/cup/qr.svg?region=asia").json["code"] == "region_not_found"


def test_a_qr_code_that_is_requested_on_this_machine_leads_to_its_address_in_the_network(
    make_parts, sqlite_url, tmp_path
):
    lan = lan_address("0.0.0.0") or pytest.skip("no network")
    client = client_of(make_parts(sqlite_url, host="0.0.0.0", port=8765))
    here = {"Host": "127.0.0.1:8765"}
    assert 'class="code"' not in client.get("/b/main/tv", headers=here).text

    with (tmp_path / SERVE_LOCK).open("w") as lock:  # as `serve` does
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert client.get("/b/main/qr.svg", headers=here).data == qr_code(f"http://{lan}:8765/b/main")
        assert 'class="code"' in client.get("/b/main/tv", headers=here).text


def test_a_big_screen_that_only_this_machine_can_reach_shows_no_qr_code(client, board, caplog):
    for host in ("127.0.0.1:8000", "localhost", "[::1]", "a.test"):
        page = client.get(f"/b/{board}/tv", headers={"Host": host}).text
        assert ('class="code"' in page) == (host == "a.test"), host

    hints = [one.getMessage() for one in caplog.records if "QR code" in one.getMessage()]
    assert len(hints) == 1
    assert "PUBLIC_URL" in hints[0]


def test_an_image_names_the_region_by_its_title(client):
    client.put("/v1/admin/boards/cup", json={"regions": ["eu"], "regionTitles": {"eu": "Europe"}})

    assert any("· Europe ·" in text for text in texts(client.get("/b/cup.svg?region=eu")))
    card = client.get("/b/cup/card.svg?region=eu").text
    assert "Europe" in card


def test_only_the_frame_may_stand_on_other_sites(client, board):
    frame_policy = client.get(f"/embed/{board}").headers["Content-Security-Policy"]
    page_policy = client.get(f"/b/{board}").headers["Content-Security-Policy"]

    assert "frame-ancestors *" in frame_policy
    assert "frame-ancestors 'self'" in page_policy
    assert "unsafe" not in frame_policy


def test_a_link_to_a_board_leads_to_its_embed_code(client, board):
    page = client.get(f"/b/{board}")
    href = html.unescape(re.search(r'application/json\+oembed"[^>]* href="([^"]+)"', page.text)[1])

    answer = client.get(href)

    assert answer.json["title"] == "Finals & more"
    assert answer.json["html"].startswith(
        '<iframe src="http://localhost/embed/finals" title="Finals &amp; more"'
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_link_to_it_is_absolute_and_names_the_page_as_one_value(client, board):
    page = client.get(f"/b/{board}", headers={"Host": "scores.example:8080"})
    href = html.unescape(re.search(r'application/json\+oembed"[^>]* href="([^"]+)"', page.text)[1])

    page_address = "http%3A%2F%2Fscores.example%3A8080%2Fb%2Ffinals"
    assert href == f"http://scores.example:8080/oembed?url={page_address}"


@pytest.mark.parametrize(("format", "status"), [("xml", 501), ("yaml", 501), ("json", 200), ("", 200)])
def test_a_form_that_is_not_offered_is_not_implemented(client, board, format, status):
    answer = client.get(f"/oembed?url=http://localhost/b/{board}&format={format}")

    assert answer.status_code == status
    assert status == 200 or answer.json["code"] == "unsupported_format"


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/"),
        ("/?utm_source=x", "/"),
        ("/b/finals?offset=0&me=ada", "/b/finals"),
        ("/b/finals?period=all", "/b/finals?period=all"),
        ("/b/finals/tv", "/b/finals"),
        ("/embed/finals?rows=3", "/b/finals"),
        ("/overlay/finals", "/b/finals"),
    ],
)
def test_a_page_names_its_own_address_for_search_engines(client, board, path, canonical):
    page = client.get(path)

    assert f'<link rel="canonical" href="http://localhost{canonical}">' in page.text


def test_a_preview_of_a_link_has_a_card_and_a_picture(client, board):
    page = client.get(f"/b/{board}").text
    picture = re.search(r'<meta property="og:image" content="http://localhost(/[^"]+)">', page)[1]

    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert client.get(picture).mimetype == "image/png"


@pytest.mark.parametrize("field", ["maxwidth", "maxheight"])
def test_an_embedded_board_is_no_larger_than_allowed(client, board, field):
    answer = client.get(f"/oembed?url=http://localhost/b/{board}&{field}=300").json

    assert answer[field.removeprefix("max")] == 300


def test_unknown_parameters_of_oembed_are_ignored(client, board):
    answer = client.get(f"/oembed?url=http://localhost/b/{board}&maxwidth=500&dnt=1")

    assert (answer.status_code, answer.json["width"]) == (200, 500)


@pytest.mark.parametrize(
    "query",
    ["", "?url=http://localhost/b/main&maxwidth=0"],
)
def test_an_invalid_oembed_request_is_refused(client, query):
    assert client.get(f"/oembed{query}").json["code"] == "validation_failed"


@pytest.mark.parametrize("path", ["/b/{}.svg", "/b/{}/qr.svg", "/oembed?url=http://localhost/b/{}"])
def test_a_private_or_missing_board_cannot_be_shown_on_other_sites(client, path):
    client.put("/v1/admin/boards/secret", json={"public": False})

    for name in ("secret", "missing"):
        answer = client.get(path.format(name))
        assert (answer.status_code, answer.json["code"]) == (404, "board_not_found")


@pytest.mark.parametrize(
    ("url", "board"),
    [
        ("https://host/b/main", "main"),
        ("https://host/b/main?period=daily#x", "main"),
        ("http://host/embed/main", "main"),
        ("https://other/b/main", None),
        ("https://host/b/main/tv", None),
        ("https://host/b/UPPER", None),
        ("https://host/", None),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_a_link_leads_to_a_board_or_elsewhere(url, board):
    assert board_in(url, "https://host/") == board


def test_a_link_under_a_prefix_leads_to_a_board():
    assert board_in("https://host/scores/b/main", "https://host/scores/") == "main"
    assert board_in("https://host/b/main", "https://host/scores/") is None


@pytest.mark.parametrize("path", ["/b/{}/tv", "/overlay/{}", "/embed/{}"])
def test_every_way_to_show_a_board_has_its_rows_in_the_first_html(client, board, path):
    page = client.get(path.format(board))

    assert page.status_code == 200
    assert "&lt;script&gt;" in page.text
    assert 'data-player="y"' in page.text
    assert not INLINE.search(page.text)


def test_the_pages_of_a_frame_stay_in_it(client, board):
    page = client.get(f"/embed/{board}?rows=1&theme=dark&hide=badge")

    links = re.findall(r'data-turn="\w+" href="([^"]+)"', page.text)
    assert len(links) == 4
    assert {html.unescape(link).partition("?")[0] for link in links} == {f"/embed/{board}"}
    further = client.get(html.unescape(links[2]))
    assert 'data-theme="dark"' in further.text
    assert " no-badge" in further.text
    assert 'data-page="1"' in further.text


def test_an_overlay_follows_the_parameters_of_its_address(client, board):
    page = client.get(f"/overlay/{board}?rows=1&theme=light&scale=150&hide=title,rank")

    assert 'data-theme="light" data-scale="150"' in page.text
    assert 'data-player="y"' not in page.text
    assert "<h1>" not in page.text
    assert " no-rank" in page.text


def test_the_element_gets_its_words_in_the_language_of_the_page_around_it(client):
    by_query = client.get("/embed.json?lang=pt", headers={"Origin": "https://elsewhere.test"})
    by_header = client.get("/embed.json", headers={"Accept-Language": "ar"})

    assert by_query.json["data"]["language"] == "pt-BR"
    assert by_query.json["data"]["avatars"] == ""
    assert by_query.json["data"]["texts"]["board.player"] == "Jogador"
    assert by_query.json["data"]["texts"]["board.waiting"].keys() == {"one", "many", "other"}
    assert not [key for key in by_query.json["data"]["texts"] if key.startswith("guide.")]
    assert by_query.headers["Access-Control-Allow-Origin"] == "*"
    assert by_header.json["data"]["language"] == "ar"
    assert "Accept-Language" in by_header.headers["Vary"]


def test_the_element_gets_the_path_of_pictures_where_there_are_some(make_parts, sqlite_url):
    client = client_of(make_parts(sqlite_url, avatar_url="/avatars/{player}.webp"))

    assert client.get("/embed.json").json["data"]["avatars"] == "/avatars/{player}.webp"
