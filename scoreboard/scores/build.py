"""Builds trusted scores."""

from __future__ import annotations

from scoreboard.accounts.service import Accounts
from scoreboard.base import Base
from scoreboard.boards.service import Boards
from scoreboard.journal.types import Fold
from scoreboard.journal.writer import Writer
from scoreboard.scores.fold import ScoreFold
from scoreboard.scores.service import Scores


def folds(*, scoring: Fold, accounts: Accounts) -> list[Fold]:
    """The fold of reported scores."""
    return [ScoreFold(scoring=scoring, accounts=accounts)]


def build(base: Base, *, writer: Writer, boards: Boards, accounts: Accounts) -> Scores:
    """Build the service that records scores from servers."""
    return Scores(writer=writer, boards=boards, clock=base.clock, find_merged=accounts.merged_players)
