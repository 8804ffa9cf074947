"""Writers of their own, beside the product's parts."""

from __future__ import annotations

import pytest

from tests.journal.folds import NoteFold, new_writer


@pytest.fixture
def fold():
    """The feature whose facts are written."""
    return NoteFold()


@pytest.fixture
def make_writer(parts, clock):
    """Makes writers on the parts' database, or on another way to it."""
    made = []

    def make(fold, url=None):
        made.append(new_writer(url or parts.base.database.url, clock, fold))
        return made[-1][0]

    yield make
    for writer, database in made:
        writer.stop()
        database.close()


@pytest.fixture
def writer(make_writer, fold):
    """A writer of the parts' database, with that one feature."""
    return make_writer(fold)
