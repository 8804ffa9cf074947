"""Builds the journal: its readers, its writer, and its followers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoreboard.base import Base
from scoreboard.journal.notes import DeferredRows
from scoreboard.journal.service import Journal
from scoreboard.journal.store import JournalLines
from scoreboard.journal.transaction import Transaction
from scoreboard.journal.types import Fold
from scoreboard.journal.writer import Writer


@dataclass(frozen=True, kw_only=True)
class JournalParts:
    """Reading the journal, and the rows that ride with the next commit."""

    reader: Journal  # of requests
    patient: Journal  # of background work
    deferred: DeferredRows


def build(base: Base) -> JournalParts:
    """What features need of the journal before there is a writer."""
    return JournalParts(
        reader=Journal(database=base.database),
        patient=Journal(database=base.patient_database),
        deferred=DeferredRows(),
    )


def build_writer(base: Base, journal: JournalParts, folds: Sequence[Fold]) -> Writer:
    """The writer of this process, which folds facts as these say."""
    transaction = Transaction(lines=JournalLines(), clock=base.clock, notes=journal.deferred)
    return Writer(base.writer_database, folds=folds, transaction=transaction)
