"""The public address in links, and the hosts that a server answers."""

from __future__ import annotations

import re

import pytest

from config.settings import SettingError, load
from scoreboard.app import create_app
from scoreboard.core.http.site import Site, hostname
from tests.contract import client_of
from tests.support import KEY

PUBLIC, FORGED_HOST = "https://scores.example", "poison.example"
TELLING = (b"poison.example", b"poison.example".hex().encode())
PLACES = {
    "board": "main",
    "player": "ada",
    "slug": "not-found",
    "filename": "js/main.js",
    "name": "play-round",
}


@pytest.fixture
def public(make_parts, sqlite_url):
    """A client of a server with a public address."""
    return client_of(make_parts(sqlite_url, public_url=PUBLIC))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Scores.Example", "scores.example"),
        ("scores.example.:8080", "scores.example"),
        ("[::1]:8000", "::1"),
        ("[::1]", "::1"),
        ("scores.example:80@evil.example", ""),
        ("a b", ""),
        ("", ""),
    ],
)
def test_hosts_are_compared_by_their_names(host, name):
    assert hostname(host) == name


@pytest.mark.parametrize(
    "url", ["", PUBLIC, PUBLIC + "/", "http://127.0.0.1:8000", "https://[::1]:8443/board/"]
)
def test_an_address_may_have_a_port_and_a_path(url):
    assert load({"PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "scores.example",
        "ftp://scores.example",
        "https://",
        "https://a:b@scores.example",
        "https://scores.example?x",
        "https://scores.example#x",
        "https://scores.example/a b",
        "https://scores.example//a",
        "https://scores.example:99999",
        "https://sc\u00f6res.example",
        "https://scores.example\n",
    ],
)
def test_a_url_that_is_not_an_address_is_refused(url):
    with pytest.raises(SettingError, match="PUBLIC_URL"):
        load({"PUBLIC_URL": url})


def test_links_have_the_public_address_for_every_requested_host(public):
    public.post("/v1/boards/main/scores", json={"entries": [{"player": "ada", "score": 1}]})
    headers = {"Host": "127.0.0.1:8000", "X-Forwarded-Host": FORGED_HOST}

    page = public.get("/b/main", headers=headers).text
    embed = public.get(f"/oembed?url={PUBLIC}/b/main", headers=headers)
    missing = public.get("/v1/boards/none", headers=headers).json
    guide = public.get("/docs", headers=headers).text
    document = public.get("/openapi.json", headers=headers).json

    assert f'og:url" content="{PUBLIC}/b/main"' in page
    assert embed.json["html"].startswith(f'<iframe src="{PUBLIC}/embed/main"')
    assert embed.json["provider_url"] == f"{PUBLIC}/"
    assert missing["type"] == f"{PUBLIC}/problems/board-not-found"
    assert f"curl {PUBLIC}/v1/" in guide
    assert document["servers"] == [{"url": PUBLIC}]
    assert "127.0.0.1" not in page + embed.text + guide


def test_links_to_a_server_below_a_path_have_it(make_parts, sqlite_url):
    below = client_of(make_parts(sqlite_url, public_url=f"{PUBLIC}/scores/"))

    embed = below.get(f"/scores/oembed?url={PUBLIC}/scores/b/main", headers={"Host": "scores.example"})

    assert embed.json["html"].startswith(f'<iframe src="{PUBLIC}/scores/embed/main"')


def test_a_qr_code_is_the_same_for_all_and_may_be_shared_by_caches(public):
    ours, local = (
        public.get("/b/main/qr.svg", headers={"Host": host}) for host in ("scores.example", "localhost:8000")
    )

    assert ours.data == local.data
    assert ours.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    "host", [FORGED_HOST, "scores.example.evil.example", "10.0.0.1", "[2001:db8::1]", ""]
)
@pytest.mark.parametrize("path", ["/", "/b/main/qr.svg", "/v1/boards", "/v1/nothing", "/static/js/main.js"])
def test_other_hosts_are_refused(public, host, path):
    refused = public.get(path, headers={"Host": host})

    assert refused.status_code == 400
    assert "untrusted_host" in refused.text
    assert refused.headers["Cache-Control"] in ("no-store", "private, no-cache")


def test_nothing_is_written_for_another_host(public):
    refused = public.post("/v1/auth/guest", headers={"Host": FORGED_HOST})

    assert refused.json["code"] == "untrusted_host"
    assert "RateLimit" not in refused.headers
    assert PUBLIC in refused.json["detail"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/admin/metrics"])
def test_monitors_may_use_any_host(public, path):
    assert public.get(path, headers={"Host": "10.0.0.1:8000"}).status_code in (200, 503)


@pytest.mark.parametrize(
    "host", ["scores.example", "SCORES.example:443", "127.0.0.1:8000", "localhost", "[::1]:8000", "127.0.0.2"]
)
def test_the_servers_own_name_and_this_machine_are_trusted(public, host):
    assert public.get("/v1/boards", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("url", "sent"), [(PUBLIC, "max-age=31536000"), ("http://scores.example", None), ("", None)]
)
def test_browsers_must_stay_with_https_if_the_public_address_has_it(make_parts, sqlite_url, url, sent):
    client = client_of(make_parts(sqlite_url, public_url=url))

    for path in ("/", "/v1/boards", "/v1/boards/none", "/static/js/main.js"):
        answer = client.get(path, headers={"Host": "scores.example"})
        assert answer.headers.get("Strict-Transport-Security") == sent


def test_no_shared_cache_keeps_an_answer_that_repeats_the_host(make_parts, sqlite_url):
    """All routes, also new ones: requested by another host, the answer does not contain it, or is private."""
    parts = make_parts(sqlite_url)
    client, app = create_app(parts).test_client(), create_app(parts)
    repeated = []
    for path in sorted(paths(app)):
        usual = client.get(path, headers={"Authorization": f"Bearer {KEY}"})
        for credentials in ({}, {"Authorization": f"Bearer {KEY}"}):
            answer = client.get(path, headers={"Host": FORGED_HOST} | credentials)
            content = answer.data + str(answer.headers).encode()
            # A QR code shows the name as a picture.
            if FORGED_HOST.encode() in content or ("qr" in path and answer.data != usual.data):
                repeated.append(path)
                assert re.search("private|no-store", answer.headers.get("Cache-Control", "")), path

    assert {"/b/main/qr.svg", "/oembed?url=http://poison.example/b/main", "/docs", "/"} <= {*repeated}


def paths(app):
    """Every path of a read that ends, with a value for each variable."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/v1/stream", "/v1/ws", "/v1/poll")):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda place: PLACES.get(place[1], "x"), rule.rule)
            yield f"{path}?url=http://{FORGED_HOST}/b/main" if path == "/oembed" else path


def test_no_route_leads_on_to_an_address_with_a_host(make_parts, sqlite_url):
    app = create_app(make_parts(sqlite_url))

    assert [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.redirect_to or (not rule.is_leaf and rule.rule != "/")
    ] == []


def test_a_site_without_an_address_trusts_every_name():
    assert Site("").trusts(FORGED_HOST)
