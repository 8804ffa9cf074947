"""Reading places and names: from Redis while it has all acknowledged facts, otherwise from SQL."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from scoreboard.accounts.service import Names
from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.order import Order
from scoreboard.boards.readings import Reading
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.types import Board, Period, RedisAnswer, Versions, ViewAnswer, Window
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.boards.views import After, BoardView, Listed, Question
from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.storage.redis import RedisAway

log = logging.getLogger(__name__)

T = TypeVar("T")

UNREADABLE = (ValueError, msgspec.DecodeError)  # a key that is no order key, or bytes that are no text


class BoardReader:
    """Reads places with their players' names: from Redis if it is current, otherwise from SQL."""

    def __init__(
        self, *, catalogue: Catalogue, redis: RedisView, health: ViewHealth, sql: BoardView, names: Names
    ) -> None:
        self._catalogue, self._redis, self._health = catalogue, redis, health
        self._sql, self._names = sql, names
        # As new as the last refresh, so as new as the request that reads them.
        self._refreshes = Coalescer(self._refresh)

    def refresh(self) -> None:
        """Load the definitions, unless those in memory are as new as this call."""
        self._refreshes.ask(None)

    def read(
        self,
        board: Board,
        window: Window,
        period: Period,
        question: Question,
        *,
        kept: Reading | None = None,
    ) -> Reading:
        """The rows that a question asks for: `kept` if nothing has changed since. Raises OrderChanged."""
        order, longer = self._catalogue.order(board), _with_next(question)
        try:
            found = self._ask_redis(board, window, longer, kept)
            if found is not None and found.unchanged:
                assert kept is not None, "Redis was told its state"
                return kept
            if found is not None and found.places is not None:
                return self._reading(board, window, period, found.places, question, found)
        except UNREADABLE as error:
            log.warning("Redis holds unreadable rows", extra={"window": str(window), "reason": str(error)})
        return self._reading(board, window, period, self._ask_sql(window, order, longer), question)

    def read_shown(self, board: Board, window: Window, period: Period, question: Question) -> Reading | None:
        """The rows that a question asks for, from Redis alone; None if Redis can't answer now."""
        try:
            found = self._ask_redis(board, window, question)
            if found is None or found.places is None:
                return None
            return self._reading(board, window, period, found.places, question, found)
        except UNREADABLE:
            return None

    def ask(self, board: Board, window: Window, question: Question) -> ViewAnswer:
        """The places that a question asks for. Raises OrderChanged."""
        found = self._ask_redis(board, window, question)
        if found is not None and found.places is not None:
            return found.places
        return self._ask_sql(window, self._catalogue.order(board), question)

    def check_definitions(self, board: Board, versions: Versions | None) -> None:
        """Called with the versions that a read of a board has met; None if Redis did not answer."""

    def _ask_redis(
        self, board: Board, window: Window, question: Question, kept: Reading | None = None
    ) -> RedisAnswer | None:
        order, stamp, names = self._catalogue.order(board), "", ""
        if kept is not None and kept.board.revision == board.revision:
            stamp, names = kept.stamp, kept.names
        found = self._from_redis(lambda: self._redis.read(window, order, question, stamp=stamp, names=names))
        self.check_definitions(board, None if found is None else found.versions)
        return found

    def _ask_sql(self, window: Window, order: Order, question: Question) -> ViewAnswer:
        found = self._sql.ask(window, order, question)
        assert found is not None, "SQL always has an answer"
        return found

    def _reading(
        self,
        board: Board,
        window: Window,
        period: Period,
        answer: ViewAnswer,
        question: Question,
        found: RedisAnswer | None = None,
    ) -> Reading:
        order = self._catalogue.order(board)
        limit = question.limit if isinstance(question, Listed | After) else None
        places = sorted(answer.places, key=lambda place: place.position)[:limit]
        version, names = self._named([place.player for place in places], found)
        return Reading(
            board=board,
            window=window,
            period=period,
            version=answer.version,
            stamp=answer.stamp,
            names=version,
            total=answer.total,
            rows=[order.row(place, names.get(place.player, place.player)) for place in places],
            last=places[-1] if len(answer.places) > len(places) else None,
        )

    def _named(self, players: Sequence[str], found: RedisAnswer | None) -> tuple[str, Mapping[str, str]]:
        """The version of the names, and the names of players."""
        if found is not None and found.versions.names is not None and found.names is not None:
            return found.versions.names, found.names
        version = str(self._names.renames())  # read first: a later change makes another version
        return version, self._names.of(players)

    def _refresh(self, requests: Sequence[None]) -> Sequence[None]:
        found = self._from_redis(self._redis.catalogue.versions)
        self._catalogue.refresh(found[0] if found else None)
        return requests

    def _from_redis(self, read: Callable[[], T | None]) -> T | None:
        """The answer of Redis; None if it is away or not current."""
        if not self._health.is_current():
            return None
        try:
            found = read()
        except RedisAway as error:
            self._health.mark_failed(error)
            return None
        # Asking may have met a Redis that was restarted with older boards.
        return found if self._health.is_current() else None


def _with_next(question: Question) -> Question:
    """The question for one row more. If there is such a row, another page follows."""
    if isinstance(question, Listed):
        return Listed(question.offset, question.limit + 1)
    if isinstance(question, After):
        return After(question.key, question.player, question.limit + 1)
    return question
