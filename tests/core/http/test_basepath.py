"""A server that shares its host with other sites: all its paths are below the base path."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from config.settings import SettingError, Settings, load
from scoreboard.app import create_app
from scoreboard.chaos.notation import parse
from scoreboard.chaos.service import Chaos
from scoreboard.commands.greeting import greeting
from scoreboard.pages.sharing.qr import qr_code
from tests.contract import client_of
from tests.core.http.test_site import paths
from tests.support import KEY, ROOT

BELOW, PUBLIC = "/scores", "https://games.example/scores"
ATTRIBUTE = re.compile(r"""\s(?:href|src|action|content|data-[a-z]+)="(/[^"]*)\"""")
JOINED = [("share.js", '"/b'), ("board.html", '"/v1')]  # joined to an address that includes the base path
# Absolute paths of ours in a script, a template or a style sheet, which would be wrong below a base path.
ROOTED = re.compile(r"""["'`(=]/(?:v1|static|sdk|b|embed|overlay|docs|play|problems|sw\.js|healthz)\b""")


@pytest.fixture
def below(make_parts, sqlite_url):
    """A client of a server with a base path."""
    return client_of(make_parts(sqlite_url, base_path=BELOW))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ""),
        ({"BASE_PATH": "/"}, ""),
        ({"BASE_PATH": "/scores"}, "/scores"),
        ({"BASE_PATH": "/games/scores/"}, "/games/scores"),
        ({"PUBLIC_URL": PUBLIC}, "/scores"),
        ({"PUBLIC_URL": f"{PUBLIC}/"}, "/scores"),
        ({"PUBLIC_URL": "https://games.example"}, ""),
        ({"PUBLIC_URL": PUBLIC, "BASE_PATH": "/scores/"}, "/scores"),
    ],
)
def test_the_base_path_is_that_of_the_public_address(environment, expected):
    assert load(environment).below == expected


@pytest.mark.parametrize(
    "path", ["scores", "//scores", "/a//b", "/a b", "/../a", "/.", "/%41", "/a?b", "/a\n"]
)
def test_a_text_that_is_not_a_path_is_refused(path):
    with pytest.raises(SettingError, match="BASE_PATH must be as /scores"):
        load({"BASE_PATH": path})


def test_a_public_address_has_no_steps_upwards():
    with pytest.raises(SettingError, match="PUBLIC_URL must be"):
        load({"PUBLIC_URL": "https://games.example/../scores"})


@pytest.mark.parametrize("url", ["https://games.example", "https://games.example/board/"])
def test_two_settings_that_disagree_are_refused_with_a_remedy(url):
    with pytest.raises(SettingError, match=r"set PUBLIC_URL=https://games\.example/scores, or only one"):
        load({"BASE_PATH": "/scores", "PUBLIC_URL": url})


def test_paths_outside_are_not_found(below):
    for path in ("/", "/v1/boards", "/b/main", "/scoresheet", "/scores2/v1/boards", "/x/scores/v1/boards"):
        refused = below.get(path)
        assert (refused.status_code, refused.json["code"]) == (404, "not_found"), path
        assert refused.json["type"] == "http://localhost/scores/problems/not-found"
        assert "below /scores/" in refused.json["detail"]
    assert below.post("/v1/auth/guest").status_code == 404
    assert below.options("/v1/boards").status_code == 404


def test_a_path_that_is_missing_below_is_named_whole(below):
    assert "'/scores/v1/nothing'" in below.get("/scores/v1/nothing").json["detail"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/admin/metrics"])
def test_platforms_and_monitors_are_answered_at_the_root_as_well(below, path):
    assert below.get(path).status_code == below.get(BELOW + path).status_code == 200


def test_a_page_refers_only_to_paths_below_the_base_path(below):
    """All pages are checked, also new ones."""
    below.post(
        f"{BELOW}/v1/boards/main/scores",
        json={"entries": [{"player": f"p{number}", "score": number} for number in range(120)]},
    )
    seen = set()
    for path in paths(below.application):
        answer = below.get(BELOW + path)
        if answer.mimetype in ("text/html", "image/svg+xml"):
            found = ATTRIBUTE.findall(answer.text)
            assert [one for one in found if not f"{one}/".startswith(f"{BELOW}/")] == [], path
            seen.update(found)

    assert {"/scores/sw.js", "/scores/manifest.webmanifest", "/scores/v1", "/scores/healthz"} <= seen
    assert {"/scores/v1/stream", "/scores/b/main?offset=100", "/scores/docs?lang=de", "/scores/"} <= seen


def test_no_script_template_or_style_knows_an_absolute_path():
    folders = ("frontend/static", "frontend/templates", "clients/javascript")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    texts = {file: file.read_text() for file in files if file.suffix in (".js", ".css", ".html", ".svg")}

    found = [(file.name, match[0]) for file, text in texts.items() for match in ROOTED.finditer(text)]

    assert len(texts) > 100
    assert sorted(found) == sorted(JOINED)


@pytest.mark.parametrize("public", [False, True])
def test_every_link_has_the_path(make_parts, sqlite_url, public):
    at = PUBLIC if public else "http://games.example/scores"
    server = client_of(make_parts(sqlite_url, **{"public_url": PUBLIC} if public else {"base_path": BELOW}))
    asked = {"base_url": "http://games.example"}

    told = server.get(f"{BELOW}/oembed?url={at}/b/main", **asked).json
    shell = server.get(f"{BELOW}/sw.js", **asked).text
    manifest = json.loads(server.get(f"{BELOW}/manifest.webmanifest", **asked).data)
    page = server.get(f"{BELOW}/b/main", **asked).text

    assert told["html"].startswith(f'<iframe src="{at}/embed/main"')
    assert told["provider_url"] == f"{at}/"
    assert server.get(f"{BELOW}/b/main/qr.svg", **asked).data == qr_code(f"{at}/b/main")
    assert server.get(f"{BELOW}/v1/boards/none", **asked).json["type"] == f"{at}/problems/board-not-found"
    assert f'og:url" content="{at}/b/main"' in page
    assert f"curl {at}/v1/boards/main/scores" in page + server.get(f"{BELOW}/docs", **asked).text
    assert server.get(f"{BELOW}/openapi.json", **asked).json["servers"] == [{"url": at if public else BELOW}]
    assert re.search('ASSETS = "/scores/assets/[0-9a-f]{16}/"', shell)
    assert '"static/js/main.js"' in shell
    assert manifest["id"] == manifest["scope"] == manifest["start_url"] == "/scores/"
    assert 'from "./static/js/board/element.js"' in server.get(f"{BELOW}/embed.js", **asked).text


def test_the_path_without_its_last_slash_leads_to_it(below):
    answer = below.get("/scores?lang=de&x=%0d%0a")

    assert answer.status_code == 308
    assert answer.headers["Location"] == "/scores/?lang=de&x=%0d%0a"
    assert below.get("/scores/").status_code == 200


@pytest.mark.parametrize("header", ["Script-Name", "X-Script-Name", "X-Forwarded-Prefix"])
def test_no_header_moves_the_path(make_parts, sqlite_url, header):
    server = client_of(make_parts(sqlite_url, base_path=BELOW, trusted_proxy_hops=1))

    assert server.get("/v1/boards", headers={header: BELOW}).status_code == 404
    assert server.get(f"{BELOW}/v1/boards", headers={header: "/other"}).status_code == 200


def test_a_server_that_a_host_mounts_below_the_path_is_the_same(below):
    mount = {"SCRIPT_NAME": BELOW}

    assert below.get("/v1/boards", environ_overrides=mount).status_code == 200


def test_an_answer_is_replayed_wherever_the_server_is(make_parts, sqlite_url):
    sent = {"json": {"entries": [{"player": "ada", "score": 1}]}, "headers": {"Idempotency-Key": "k"}}
    client_of(make_parts(sqlite_url)).post("/v1/boards/main/scores", **sent)

    moved = client_of(make_parts(sqlite_url, base_path=BELOW)).post(f"{BELOW}/v1/boards/main/scores", **sent)

    assert moved.headers["Idempotency-Replayed"] == "true"


def test_errors_of_the_api_are_the_same_below_a_path(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, base_path=BELOW)
    parts = replace(parts, base=replace(parts.base, chaos=Chaos(parse("kill=1"))))
    client = create_app(parts).test_client()

    assert client.get(f"{BELOW}/healthz").status_code == 200
    with pytest.raises(ConnectionResetError):
        client.get(f"{BELOW}/v1/boards", headers={"Authorization": f"Bearer {KEY}"})


def test_the_greeting_has_the_base_path():
    text = greeting(Settings(host="127.0.0.1", base_path="/scores/"))

    assert "serving at http://127.0.0.1:8000/scores\n" in text
    assert "curl http://127.0.0.1:8000/scores/v1/" in text
