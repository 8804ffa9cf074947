"""Reading profiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scoreboard.boards.service import Boards, PastResult
from scoreboard.boards.types import Board, Period, Window
from scoreboard.core.errors import NotFound
from scoreboard.core.ids import PLAYER_ID
from scoreboard.profiles.types import BoardResults, Profile, Result

MOST_PAST = 5  # results of past periods on each board: each costs a read of its window
MOST_PERIODS = 60  # among which the best one is looked for: two months of days


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """Profiles of players, made of what public boards show anyway."""

    boards: Boards

    def find(self, player: str) -> Profile:
        """A player's profile. Raises NotFound, player_not_listed, if no public board shows the player.

        This is the one place that decides who has a profile.
        """
        found = self._on_public_boards(player) if re.match(PLAYER_ID, player) else []
        if not found:
            raise NotFound(f"No public board shows a player {player[:64]!r}.", code="player_not_listed")
        return Profile(player=player, name=_newest(found).row.name, boards=found)

    def _on_public_boards(self, player: str) -> list[BoardResults]:
        public = [board for board in self.boards.all() if board.definition.public]
        return [results for board in public if (results := self._on(board, player)) is not None]

    def _on(self, board: Board, player: str) -> BoardResults | None:
        running = [self.boards.period(board, kind) for kind in board.windows]
        current = list(self._results(board, running, player))
        known = [] if board.windows[0] == "all" else self.boards.results(board, player, periods=MOST_PERIODS)
        over = [one.period for one in known if one.period != running[0]]
        past = list(self._results(board, over[:MOST_PAST], player))
        if not current and not past:
            return None
        return BoardResults(board=board, current=current, best=self._best(board, player, known), past=past)

    def _best(self, board: Board, player: str, known: list[PastResult]) -> Result | None:
        best = max(known, key=lambda one: one.key, default=None)
        return next(self._results(board, [best.period], player), None) if best else None

    def _results(self, board: Board, periods: list[Period], player: str) -> Iterator[Result]:
        for period in periods:
            reading = self.boards.players(board, Window(board.id, period.id, ""), period, [player])
            if reading.rows:
                yield Result(period=period, row=reading.rows[0], total=reading.total)


def _newest(found: list[BoardResults]) -> Result:
    return next(result for one in found for result in (*one.current, *one.past))
