"""Builds moderation."""

from __future__ import annotations

from dataclasses import dataclass

from scoreboard.accounts.build import AccountsParts
from scoreboard.accounts.restrictfold import AccountRestriction
from scoreboard.accounts.service import PlayerStates
from scoreboard.base import Base
from scoreboard.boards.build import BoardTables
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Fold
from scoreboard.journal.writer import Writer
from scoreboard.moderation.decisions import Decisions
from scoreboard.moderation.directory import Directory
from scoreboard.moderation.entries import EntryDecisions
from scoreboard.moderation.entryfold import EntryFold
from scoreboard.moderation.jobs import Jobs
from scoreboard.moderation.playerfold import PlayerFold
from scoreboard.moderation.players import PlayerDecisions
from scoreboard.moderation.recording import Recording
from scoreboard.moderation.selecting import Selecting
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.store.entries import Entries
from scoreboard.moderation.store.layers import Layers
from scoreboard.moderation.store.players import KnownPlayers


@dataclass(frozen=True, kw_only=True)
class ModerationParts:
    """The services of moderation that routes, commands and jobs use."""

    entries: EntryDecisions
    players: PlayerDecisions
    directory: Directory
    decisions: Decisions
    jobs: Jobs


def folds(boards: BoardTables) -> list[Fold]:
    """The folds of decisions."""
    return [
        EntryFold(changes=boards.entry_changes),
        PlayerFold(accounts=AccountRestriction(), boards=boards.concealing),
    ]


def build(
    base: Base, *, boards: BoardTables, accounts: AccountsParts, journal: Journal, writer: Writer
) -> ModerationParts:
    """Build the services of moderation."""
    stored, layers = StoredDecisions(base.database), Layers(base.database)
    selecting = Selecting(journal=journal, entries=Entries(base.database), accounts=accounts.accounts)
    recording = Recording(
        database=base.database, writer=writer, selecting=selecting, changes=boards.entry_changes
    )
    players = PlayerDecisions(
        selecting=selecting,
        decisions=stored,
        states=PlayerStates(base.database),
        boards=boards.concealing,
        writer=writer,
        clock=base.clock,
        apply_revocations=accounts.sessions.revocations.add,
        forget=accounts.accounts.forget,
    )
    return ModerationParts(
        players=players,
        directory=Directory(
            accounts=accounts.accounts,
            names=accounts.players.names,
            states=PlayerStates(base.database),
            known=KnownPlayers(base.database),
            journal=journal,
        ),
        entries=EntryDecisions(selecting=selecting, recording=recording, decisions=stored),
        decisions=Decisions(stored=stored, layers=layers, recording=recording, undo_of_player=players.undo),
        jobs=Jobs(decisions=stored, layers=layers, recording=recording),
    )
