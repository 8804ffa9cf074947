"""Another site writes through its visitors' browsers, and its host name is sent to the server."""

from __future__ import annotations

import re

import pytest

EVIL = "evil.example"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": f"https://{EVIL}", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
        {"Origin": f"https://{EVIL}", "Content-Type": "application/x-www-form-urlencoded"},
        {"Origin": "null", "Content-Type": "text/plain"},
    ],
)
def test_a_form_on_another_site_makes_no_guest(server, headers):
    refused = server.call("POST", "/v1/auth/guest", key=None, headers=headers)

    assert (refused.status, refused.json["code"]) == (403, "cross_site_request")


def test_our_own_page_makes_a_guest(server):
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}

    assert server.call("POST", "/v1/auth/guest", key=None, headers=own).status == 201


@pytest.mark.parametrize(
    "path", ["/b/main/qr.svg", f"/oembed?url=http://{EVIL}/b/main", "/b/main", "/docs", "/v1/boards/none"]
)
def test_no_shared_cache_hands_on_a_link_to_another_host(server, path):
    answer = server.call("GET", path, key=None, headers={"Host": EVIL})

    assert answer.status in (200, 404)
    assert re.search("private|no-store", answer.headers["Cache-Control"])
