"""Writers with a fold of the test, beside the product's parts."""

from __future__ import annotations

import pytest

from tests.journal.folds import NoteFold, new_writer


@pytest.fixture
def fold():
    """The fold of the writer under test."""
    return NoteFold()


@pytest.fixture
def make_writer(parts, clock):
    """Makes writers on the parts' database, or on another URL of it."""
    writers = []

    def make(fold, url=None):
        writers.append(new_writer(url or parts.base.database.url, clock, fold))
        return writers[-1][0]

    yield make
    for writer, database in writers:
        writer.stop()
        database.close()


@pytest.fixture
def writer(make_writer, fold):
    """A writer on the parts' database, with the fold of the fixture `fold`."""
    return make_writer(fold)
