"""Builds moderation."""

from __future__ import annotations

from dataclasses import dataclass

from scoreboard.accounts.service import Accounts
from scoreboard.base import Base
from scoreboard.boards.build import BoardTables
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Fold
from scoreboard.journal.writer import Writer
from scoreboard.moderation.decisions import Decisions
from scoreboard.moderation.entries import EntryDecisions
from scoreboard.moderation.entryfold import EntryFold
from scoreboard.moderation.jobs import Jobs
from scoreboard.moderation.recording import Recording
from scoreboard.moderation.selecting import Selecting
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.store.entries import Entries
from scoreboard.moderation.store.layers import Layers


@dataclass(frozen=True, kw_only=True)
class ModerationParts:
    """The services of moderation that routes, commands and jobs use."""

    entries: EntryDecisions
    decisions: Decisions
    jobs: Jobs


def folds(boards: BoardTables) -> list[Fold]:
    """The folds of decisions."""
    return [EntryFold(changes=boards.entry_changes)]


def build(
    base: Base, *, boards: BoardTables, accounts: Accounts, journal: Journal, writer: Writer
) -> ModerationParts:
    """Build the services of moderation."""
    stored, layers = StoredDecisions(base.database), Layers(base.database)
    selecting = Selecting(journal=journal, entries=Entries(base.database), accounts=accounts)
    recording = Recording(
        database=base.database, writer=writer, selecting=selecting, changes=boards.entry_changes
    )
    return ModerationParts(
        entries=EntryDecisions(selecting=selecting, recording=recording, decisions=stored),
        decisions=Decisions(stored=stored, layers=layers, recording=recording),
        jobs=Jobs(decisions=stored, layers=layers, recording=recording),
    )
