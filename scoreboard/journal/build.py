"""Builds the journal: its readers, its writer, and its followers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoreboard.base import Base
from scoreboard.journal.deferred import DeferredRows
from scoreboard.journal.service import Journal
from scoreboard.journal.transaction import Transaction
from scoreboard.journal.types import FIRST_SHARD, Fold
from scoreboard.journal.writer import Writer


@dataclass(frozen=True, kw_only=True)
class JournalParts:
    """The readers of the journal, and the rows that are written with the next batch."""

    reader: Journal  # for requests
    patient: Journal  # for background work
    deferred: DeferredRows


def build(base: Base) -> JournalParts:
    """Build the parts of the journal that need no writer."""
    return JournalParts(
        reader=Journal(database=base.database, shard=FIRST_SHARD),
        patient=Journal(database=base.patient_database, shard=FIRST_SHARD),
        deferred=DeferredRows(),
    )


def build_writer(base: Base, journal: JournalParts, folds: Sequence[Fold]) -> Writer:
    """Build the writer of this process, which folds facts with `folds`."""
    transaction = Transaction(shard=journal.reader.shard, clock=base.clock, deferred=journal.deferred)
    return Writer(base.writer_database, folds=folds, transaction=transaction)
