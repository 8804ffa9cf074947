"""Absolute links are made in one module, which also decides whether caches may keep them."""

from __future__ import annotations

import re

from tests.support import ROOT

ABSOLUTE = re.compile(
    r"url_root|host_url|base_url|_external|request\.host\b|request\.url\b|get_current_url|call\.root\b"
)
ALLOWED = {
    "scoreboard/core/http/calls.py",  # reads it for these:
    "scoreboard/core/http/links.py",
    "scoreboard/core/http/problems.py",  # which no cache keeps
    "scoreboard/stream/http/upgrade.py",  # compares the host, and puts it into no link
}


def test_only_one_module_repeats_the_host():
    sources = [*(ROOT / "scoreboard").rglob("*.py"), *(ROOT / "frontend" / "templates").iterdir()]
    users = {str(path.relative_to(ROOT)) for path in sources if ABSOLUTE.search(path.read_text("utf-8"))}

    assert users == ALLOWED
