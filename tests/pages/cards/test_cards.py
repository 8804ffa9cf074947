"""Share cards over HTTP."""

from __future__ import annotations

import struct
import zlib
from xml.etree import ElementTree as ET

import pytest

from scoreboard.pages.cards import pictures
from scoreboard.pages.cards.pictures import Drawing, Pictures

pytestmark = pytest.mark.one_database

SVG = "{http://www.w3.org/2000/svg}"
GROUND = (0xF6, 0xF5, 0xF1)
GOLD = (0xF3, 0xCB, 0x52)


@pytest.fixture
def board(client):
    client.put(
        "/v1/admin/boards/finals", json={"title": "Finals & more", "ties": "competition", "regions": ["eu"]}
    )
    entries = [
        {"player": "x", "displayName": "<script>alert('&')</script>", "score": 1234},
        {"player": "jp", "displayName": "日本太郎", "score": 99},
        {"player": "y", "displayName": "محمد", "score": 7, "region": "eu"},
    ]
    assert client.post("/v1/boards/finals/scores", json={"entries": entries}).json["data"]["rejected"] == []
    return "finals"


def texts(answer):
    isolates = dict.fromkeys(map(ord, "\u2067\u2068\u2069"))
    return [(text.text or "").translate(isolates) for text in ET.fromstring(answer.text).iter(f"{SVG}text")]


def pixels(png):
    """Width, height and the colours of the rows of an image of 8 bits without interlacing."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack_from(">IIBB", png, at + 8)
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    assert (depth, colour) in ((8, 2), (8, 6))
    size = 3 if colour == 2 else 4
    return width, height, unfilter(zlib.decompress(data), width, height, size)


def unfilter(data, width, height, size):
    """The colours of each row, as a set."""
    rows, before, step = [], bytearray(width * size), width * size + 1
    for index in range(height):
        kind, row = data[index * step], bytearray(data[index * step + 1 : (index + 1) * step])
        for at in range(len(row)):
            left = row[at - size] if at >= size else 0
            corner = before[at - size] if at >= size else 0
            row[at] = (row[at] + predict(kind, left, before[at], corner)) & 255
        rows.append({tuple(row[at : at + 3]) for at in range(0, len(row), size)})
        before = row
    return rows


def predict(kind, left, up, corner):
    if kind == 4:
        base = left + up - corner
        return min((left, up, corner), key=lambda one: (abs(base - one), (left, up, corner).index(one)))
    return (0, left, up, (left + up) // 2)[kind]


def test_a_board_has_a_card_with_its_first_rows(client, board):
    card = client.get(f"/b/{board}/card.svg")

    assert card.mimetype == "image/svg+xml"
    assert card.headers["Cache-Control"] == "public, max-age=60"
    assert texts(card)[:3] == ["Scoreboard", "All time · 3 players", "Finals & more"]
    assert texts(card)[3:] == [
        "1",
        "<script>alert('&')</script>",
        "1\u2009234",
        "2",
        "jp",
        "99",
        "3",
        "محمد",
        "7",
    ]
    assert not list(ET.fromstring(card.text).iter(f"{SVG}script"))


def test_a_card_follows_period_region_and_language(client, board):
    card = client.get(f"/b/{board}/card.svg?region=eu&lang=ar")

    assert texts(card)[1].startswith("كل الأوقات · eu")
    assert texts(card)[3:] == ["1", "محمد", "7"]
    assert client.get(f"/b/{board}/card.svg?region=asia").json["code"] == "region_not_found"
    assert client.get(f"/b/{board}/card.png?period=2020").json["code"] == "period_not_found"


def test_a_card_in_a_language_without_a_font_is_in_english(client, board, monkeypatch):
    monkeypatch.setattr("scoreboard.pages.cards.routes.FONTS._folders", ())

    assert texts(client.get(f"/b/{board}/card.svg?lang=ja"))[1] == "All time · 3 players"


def test_a_card_is_a_picture_of_the_size_that_networks_show(client, board):
    answer = client.get(f"/b/{board}/card.png")

    width, height, rows = pixels(answer.data)
    assert (answer.mimetype, width, height) == ("image/png", 1200, 630)
    assert rows[5] == {GROUND}
    assert any(GOLD in row for row in rows)
    assert len(set().union(*rows)) > 50, "text is drawn, with smooth edges"
    again = client.get(f"/b/{board}/card.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_an_empty_board_has_a_card(client):
    client.put("/v1/admin/boards/empty", json={})

    assert texts(client.get("/b/empty/card.svg"))[-1] == "Nobody has scored yet"
    assert client.get("/b/empty/card.png").status_code == 200


def test_a_player_has_a_card_with_their_ranks_on_public_boards(client, board):
    client.put("/v1/admin/boards/secret", json={"public": False})
    client.post("/v1/boards/secret/scores", json={"entries": [{"player": "y", "score": 1}]})

    card = client.get("/p/y/card.svg")

    assert texts(card) == ["Scoreboard", "", "محمد", "3", "Finals & more", "3 players", "7"]
    assert pixels(client.get("/p/y/card.png").data)[:2] == (1200, 630)
    assert '<meta property="og:image" content="http://localhost/p/y/card.png">' in client.get("/p/y").text


@pytest.mark.parametrize("path", ["/p/nobody/card.svg", "/p/nobody/card.png"])
def test_an_unknown_player_has_no_card(client, board, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json["code"]) == (404, "player_not_listed")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_board_that_became_private_has_no_card_any_more(client, board, kind):
    assert client.get(f"/b/{board}/card.{kind}").status_code == 200

    client.put(f"/v1/admin/boards/{board}", json={"public": False})

    assert client.get(f"/b/{board}/card.{kind}").json["code"] == "board_not_found"


def test_a_card_is_drawn_once_a_minute():
    now, calls = [0.0], []
    cards = Pictures(clock=lambda: now[0])

    def make():
        calls.append(1)
        return Drawing('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>', ())

    first = cards.get("one", make)
    now[0] = pictures.CACHE_SECONDS
    assert cards.get("one", make) is first
    now[0] += 1
    assert cards.get("one", make) == first
    assert len(calls) == 2


def test_a_card_that_cannot_be_drawn_is_refused_and_drawn_later(client, board, monkeypatch, caplog):
    monkeypatch.setattr("scoreboard.pages.cards.pictures.DRAW", "/nothing/here.py")

    answer = client.get(f"/b/{board}/card.png")

    assert (answer.status_code, answer.json["code"]) == (503, "card_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "a share card could not be drawn" in caplog.text
    monkeypatch.undo()
    assert client.get(f"/b/{board}/card.png").status_code == 200
