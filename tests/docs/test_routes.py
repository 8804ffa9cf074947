"""docs/api.md lists every route, and no other."""

from __future__ import annotations

import re

from scoreboard.app import create_app
from tests.docs import pages

HEADING = re.compile(r"^### `([A-Z]+) (/[^`]*)`", re.MULTILINE)


def test_every_route_is_documented(make_parts, sqlite_url):
    app = create_app(make_parts(sqlite_url))
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.endpoint.endswith("static")
    }

    assert set(HEADING.findall(pages.text("docs/api.md"))) == served
