"""A stranger asks for files that no disk can have: they are not there, and nothing fails."""

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


@pytest.mark.parametrize("folder", ["static", "sdk", "vendor", "docs", "problems"])
def test_a_name_that_no_disk_can_have_is_not_there(server, folder):
    found = {name[:40]: server.call("GET", f"/{folder}/{name}", key=None).status for name in NAMES}

    assert set(found.values()) <= {404}, found
