"""Parts whose stream has no pauses."""

from __future__ import annotations

import pytest


@pytest.fixture
def parts(make_parts, sqlite_url):
    """Parts that publish every change at once; the kind of the database makes no difference."""
    parts = make_parts(sqlite_url, stream_tick_ms=0)
    parts.followers.catch_up("boards")
    return parts
