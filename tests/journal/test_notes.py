"""Notes: rows that ride with the next batch's commit."""

from __future__ import annotations

import pytest

from scoreboard.actions.store.receipts import RECEIPTS
from scoreboard.core.storage.db import Rows, rows
from scoreboard.journal.notes import MOST
from tests.journal.folds import note
from tests.support import wait_until

NOWHERE = Rows(table="nowhere", columns=(("seq", "bigint"),))


@pytest.fixture
def notes(writer):
    """The writer's notes."""
    return writer._notes


def noted(parts):
    return {seq for (seq,) in parts.base.database.run(lambda db: rows(db, "SELECT seq FROM receipt"))}


def test_a_note_is_written_with_the_next_batch(parts, writer, notes):
    notes.add(RECEIPTS, (1, "[]"))
    notes.add(RECEIPTS, (2, "[]"))

    writer.append([note("a")])

    assert noted(parts) == {1, 2}
    assert len(notes) == 0


def test_a_batch_that_is_refused_takes_notes_along_all_the_same(parts, writer, notes):
    notes.add(RECEIPTS, (1, "[]"))

    (outcome,) = writer.append([note("a", "refused")])

    assert outcome.error is not None
    assert noted(parts) == {1}


def test_writing_a_note_twice_changes_nothing(parts, writer, notes):
    for text in ("[]", "[[1,2]]"):
        notes.add(RECEIPTS, (1, text))
        writer.append([note(text)])

    assert parts.base.database.run(lambda db: rows(db, "SELECT ranks FROM receipt")) == [("[]",)]


def test_only_so_many_notes_wait(notes):
    for seq in range(MOST + 5):
        notes.add(RECEIPTS, (seq, "[]"))

    assert len(notes) == MOST


def test_a_note_that_can_not_be_written_keeps_no_fact_out(parts, writer, notes):
    notes.add(NOWHERE, (1,))

    with_it = writer.append([note("a")])[0]

    assert with_it.recorded is not None
    wait_until(lambda: len(notes) == 0)
