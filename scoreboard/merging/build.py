"""Builds the merging of guests into accounts."""

from __future__ import annotations

from scoreboard.accounts.build import AccountsParts
from scoreboard.accounts.mergefold import AccountMerge
from scoreboard.actions.mergefold import ActionMerge
from scoreboard.boards.build import BoardTables
from scoreboard.boards.mergefold import BoardMerge
from scoreboard.journal.types import Fold
from scoreboard.journal.writer import Writer
from scoreboard.merging.fold import MergeFold
from scoreboard.merging.service import Merging
from scoreboard.stream.serving.signals import Signals


def folds(boards: BoardTables) -> list[Fold]:
    """The fold of merges, with a step for each feature."""
    board_merge = BoardMerge(catalogue=boards.catalogue, projector=boards.projector)
    return [MergeFold(accounts=AccountMerge(), boards=board_merge, actions=ActionMerge())]


def build(*, accounts: AccountsParts, boards: BoardTables, writer: Writer, signals: Signals) -> Merging:
    """Build the service that merges guests."""
    return Merging(
        guest=accounts.sessions.guest,
        gather=boards.gather.merged,
        writer=writer,
        apply_revocations=accounts.sessions.revocations.add,
        tell=signals.tell,
        forget=accounts.accounts.forget,
    )
