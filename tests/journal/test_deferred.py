"""Deferred rows: they are written with the next batch."""

from __future__ import annotations

import pytest

from scoreboard.actions.store.receipts import RECEIPTS
from scoreboard.core.storage.db import Rows, rows
from scoreboard.journal.deferred import MAX_ROWS
from tests.journal.folds import note
from tests.support import wait_until

NOWHERE = Rows(table="nowhere", columns=(("seq", "bigint"),))


@pytest.fixture
def deferred(writer):
    """The rows that wait for the writer."""
    return writer.deferred


def stored_rows(parts):
    return {seq for (seq,) in parts.base.database.run(lambda db: rows(db, "SELECT seq FROM receipt"))}


def test_a_row_is_written_with_the_next_batch(parts, writer, deferred):
    deferred.add(RECEIPTS, (1, "[]"))
    deferred.add(RECEIPTS, (2, "[]"))

    writer.append([note("a")])

    assert stored_rows(parts) == {1, 2}
    assert len(deferred) == 0


def test_rows_are_written_with_a_batch_whose_facts_are_refused(parts, writer, deferred):
    deferred.add(RECEIPTS, (1, "[]"))

    (outcome,) = writer.append([note("a", "refused")])

    assert outcome.error is not None
    assert stored_rows(parts) == {1}


def test_writing_a_row_twice_changes_nothing(parts, writer, deferred):
    for text in ("[]", "[[1,2]]"):
        deferred.add(RECEIPTS, (1, text))
        writer.append([note(text)])

    assert parts.base.database.run(lambda db: rows(db, "SELECT ranks FROM receipt")) == [("[]",)]


def test_only_so_many_rows_wait(deferred):
    for seq in range(MAX_ROWS + 5):
        deferred.add(RECEIPTS, (seq, "[]"))

    assert len(deferred) == MAX_ROWS


def test_a_row_that_cannot_be_written_keeps_no_fact_out(parts, writer, deferred):
    deferred.add(NOWHERE, (1,))

    with_it = writer.append([note("a")])[0]

    assert with_it.recorded is not None
    wait_until(lambda: len(deferred) == 0)
