"""Reads of boards in one trip to Redis.

A board's definition must be as new as the request, and it decides what to ask Redis. So a read asks with the
definition in memory, and the same trip tells if that is the newest one. If it is not, the read is repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.reader import BoardReader
from scoreboard.boards.service import Boards
from scoreboard.boards.types import Board, Versions
from scoreboard.core.errors import ScoreboardError

T = TypeVar("T")


class RefreshNeeded(Exception):
    """A read can't trust the definitions in memory."""


class TrustingReader(BoardReader):
    """A reader that trusts the definitions in memory until its read tells otherwise."""

    def refresh(self) -> None:
        """Trust the definitions in memory."""

    def check_definitions(self, board: Board, versions: Versions | None) -> None:
        """Check that a board is of the newest definitions. Raises RefreshNeeded."""
        if versions is None or versions.definitions is None:
            super().refresh()
        elif versions.definitions != self._catalogue.version:
            raise RefreshNeeded
        # Another request may have loaded newer definitions since this one looked the board up.
        if not self._catalogue.contains(board):
            raise RefreshNeeded


class TrustingBoards(Boards):
    """Boards by the definitions in memory."""

    def readable(self, id: str, privileged_caller: Callable[[], object] = lambda: None) -> Board:
        """A public board. Raises RefreshNeeded for one that is unknown or private."""
        found = self.find_loaded(id)
        if found is None or not found.definition.public:
            raise RefreshNeeded
        return found


@dataclass(frozen=True, kw_only=True)
class OneTrip:
    """Does reads of one board each, in one trip to Redis as a rule."""

    catalogue: Catalogue
    boards: Boards
    trusting: Boards

    def read(self, work: Callable[[Boards], T]) -> T:
        """The result of `work`, which finds a readable board and reads it once. It may be called twice."""
        version = self.catalogue.version
        try:
            return work(self.trusting)
        except RefreshNeeded:
            pass
        except ScoreboardError:
            # Perhaps an outdated definition is the reason.
            self.boards.refresh()
            if self.catalogue.version == version:
                raise
        return work(self.boards)
