"""Refusal of writes from pages of other sites, which browsers mark with headers."""

from __future__ import annotations

import pytest

from scoreboard.app import create_app
from tests.support import KEY

GAME, EVIL, HOST = "https://game.example", "https://evil.example", "localhost"
CROSS = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def browser(make_parts, sqlite_url):
    """A client of a server without PUBLIC_URL, for requests as browsers send them."""
    return create_app(make_parts(sqlite_url, allowed_origins=GAME)).test_client()


REFUSED = [
    {**CROSS},
    {**CROSS, "Origin": EVIL},
    {**CROSS, "Origin": "null"},
    {**CROSS, "Origin": f"https://{HOST}"},  # no browser sends both
    {"Sec-Fetch-Site": "CROSS-SITE"},
    {"Sec-Fetch-Site": "same-site", "Origin": f"https://other.{HOST}"},
    {"Sec-Fetch-Site": "odd", "Origin": EVIL},
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": f"{GAME}.evil.example"},
    {"Origin": f"https://{HOST}@evil.example"},
    {"Origin": f"https://{HOST}.evil.example"},
]
ACCEPTED = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": f"https://{HOST}"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy"},  # which changes the host
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-site", "Origin": f"http://{HOST}"},
    {"Origin": f"https://{HOST}"},
    {"Origin": f"https://{HOST}:8443"},
    {**CROSS, "Origin": GAME},
    {**CROSS, "Origin": GAME.upper()},
    {"Origin": GAME},
]


@pytest.mark.parametrize("headers", REFUSED)
def test_a_page_of_another_site_makes_no_guests(browser, headers):
    refused = browser.post("/v1/auth/guest", headers=headers)

    assert (refused.status_code, refused.json["code"]) == (403, "cross_site_request")
    assert "ALLOWED_ORIGINS" in refused.json["detail"]
    assert "RateLimit" not in refused.headers  # nothing was counted, so nothing was done
    assert "Access-Control-Allow-Origin" not in refused.headers


@pytest.mark.parametrize("headers", ACCEPTED)
def test_own_and_named_pages_and_other_clients_may_write(browser, headers):
    assert browser.post("/v1/auth/guest", headers=headers).status_code == 201


def test_pages_at_the_public_address_may_write_though_the_proxy_names_another_host(make_parts, sqlite_url):
    client = create_app(make_parts(sqlite_url, public_url="https://scores.example")).test_client()

    statuses = [
        client.post("/v1/auth/guest", headers={"Host": "127.0.0.1:8000", "Origin": origin}).status_code
        for origin in ("https://scores.example", EVIL)
    ]

    assert statuses == [201, 403]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/admin/boards/main", "/v1/me", "/v1/nothing", "/b/main", "/problems"])
def test_every_way_to_write_is_refused_before_any_other_check(browser, method, path):
    assert browser.open(path, method=method, headers=CROSS).json["code"] == "cross_site_request"


@pytest.mark.parametrize(
    "path", ["/v1/boards", "/v1/boards/main/entries", "/b/main", "/embed.js", "/v1/poll"]
)
def test_pages_of_other_sites_may_read(browser, path):
    found = browser.get(path, headers={**CROSS, "Origin": EVIL})

    assert found.status_code in (200, 400)
    assert "cross_site_request" not in found.text
    assert browser.options(path, headers={**CROSS, "Origin": EVIL}).status_code == 200


@pytest.mark.parametrize(("credentials", "status"), [(KEY, 200), ("sk_wrong", 401)])
def test_a_request_with_a_server_key_is_not_of_a_page(browser, credentials, status):
    answer = browser.post(
        "/v1/boards/main/scores",
        json={"entries": [{"player": "ada", "score": 1}]},
        headers={**CROSS, "Origin": EVIL, "Authorization": f"Bearer {credentials}"},
    )

    assert answer.status_code == status


@pytest.mark.parametrize("scheme", ["Basic YTpi", "Bearer", "Bearer ", "sk_1"])
def test_other_credentials_do_not_help(browser, scheme):
    refused = browser.post("/v1/auth/guest", headers={**CROSS, "Authorization": scheme})

    assert refused.json["code"] == "cross_site_request"


def test_a_players_token_is_refused_on_pages_of_other_sites(browser):
    token = browser.post("/v1/auth/guest").json["data"]["accessToken"]
    headers = {"Authorization": f"Bearer {token}", "Origin": EVIL}

    assert browser.post("/v1/stream/ticket", headers=headers).json["code"] == "cross_site_request"
    assert browser.post("/v1/stream/ticket", headers=headers | {"Origin": GAME}).status_code == 201
