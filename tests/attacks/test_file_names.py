"""Requests for files with impossible names are 404, and nothing fails."""

from __future__ import annotations

import pytest

NAMES = [
    "a" * 255,
    "a" * 300,
    "a" * 255 + ".js",
    "a/" * 2000 + "a",
    "%00",
    "js/app.js%00",
    "js/app.js/a",
    "%ff%fe.css",
    "%ed%a0%80",
    "..%2f..%2fconfig%2fsettings.py",
    "..%5c..%5cconfig",
    "%2fetc%2fpasswd",
    ".",
    "",
]
PAGES = ("docs", "problems")


@pytest.mark.parametrize("folder", ["static", "sdk", "vendor", "docs", "problems"])
def test_an_impossible_file_name_is_not_found(server, folder):
    statuses = {name[:40]: server.call("GET", f"/{folder}/{name}", key=None).status for name in NAMES}

    # Pages are redirected to from their address with a slash too many.
    assert statuses.pop("") == (200 if folder in PAGES else 404)
    assert set(statuses.values()) <= {404}, statuses
