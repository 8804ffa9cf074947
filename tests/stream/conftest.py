"""Fixtures of stream tests: parts that publish without pauses."""

from __future__ import annotations

import pytest


@pytest.fixture
def parts(make_parts, sqlite_url):
    """Parts that publish every change at once, on SQLite only, because the database makes no difference."""
    parts = make_parts(sqlite_url, stream_tick_ms=0)
    parts.followers.catch_up("boards")
    return parts
