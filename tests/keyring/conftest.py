"""Fixtures of the key ring: processes that share it."""

from __future__ import annotations

import pytest

from scoreboard.core.storage.db import rows


@pytest.fixture
def make_ring(make_parts, database_url):
    """Make the key ring of another process on the database."""
    return lambda **settings: make_parts(database_url, **settings).ring


@pytest.fixture
def ring(make_ring):
    """The ring of a process."""
    return make_ring()


@pytest.fixture
def other(make_ring, ring):
    """The ring of another process."""
    return make_ring()


@pytest.fixture
def count_created(make_parts, database_url):
    """The number of ring keys that were made, by the journal."""
    database = make_parts(database_url).base.database
    text = "SELECT COUNT(*) FROM journal WHERE kind = 'ring-key-created'"
    return lambda: database.run(lambda db: rows(db, text))[0][0]
