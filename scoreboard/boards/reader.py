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
from scoreboard.boards.types import Board, Period, ViewAnswer, Window
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.boards.views import After, BoardView, Listed, Question
from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.storage.redis import RedisAway

log = logging.getLogger(__name__)

T = TypeVar("T")

UNREADABLE = (ValueError, msgspec.DecodeError)  # a key that is no order key, or bytes that are no text


class BoardReader:
    """Reads places from Redis if it is current, otherwise from SQL, and adds the players' names."""

    def __init__(
        self, *, catalogue: Catalogue, redis: RedisView, health: ViewHealth, sql: BoardView, names: Names
    ) -> None:
        self._catalogue, self._redis, self._health = catalogue, redis, health
        self._sql, self._names = sql, names
        # As new as the last refresh, so as new as the request that reads them.
        self._refreshes = Coalescer(self._refresh)
        self._renames = ""
        self._names_in_redis = False

    def refresh(self) -> None:
        """Load definitions, and the version of names, unless those in memory are as new as this call."""
        self._refreshes.ask(None)

    def state(self, board: Board, stamp: str) -> str:
        """The name of a state of a window: of its rows, the definition and the names."""
        return f"{board.revision}.{stamp}.{self._renames}"

    def current_state(self, board: Board, window: Window) -> str | None:
        """The name of a window's present state; None if Redis can't tell it."""
        stamp = self._from_redis(lambda: self._redis.stamp(window, self._catalogue.order(board)))
        return None if stamp is None else self.state(board, stamp)

    def read(self, board: Board, window: Window, period: Period, question: Question) -> Reading:
        """The rows that a question asks for. Raises OrderChanged."""
        order, longer = self._catalogue.order(board), _with_next(question)
        try:
            answer = self.ask(window, order, longer)
            return self._reading(board, window, period, order, answer, question)
        except UNREADABLE as error:
            log.warning("Redis holds unreadable rows", extra={"window": str(window), "reason": str(error)})
            answer = self._ask_sql(window, order, longer)
            return self._reading(board, window, period, order, answer, question)

    def read_shown(self, board: Board, window: Window, period: Period, question: Question) -> Reading | None:
        """The rows that a question asks for, from Redis alone; None if Redis can't answer now."""
        order = self._catalogue.order(board)
        try:
            answer = self._from_redis(lambda: self._redis.ask(window, order, question))
            return None if answer is None else self._reading(board, window, period, order, answer, question)
        except UNREADABLE:
            return None

    def ask(self, window: Window, order: Order, question: Question) -> ViewAnswer:
        """The places that a question asks for. Raises OrderChanged."""
        found = self._from_redis(lambda: self._redis.ask(window, order, question))
        return found or self._ask_sql(window, order, question)

    def _ask_sql(self, window: Window, order: Order, question: Question) -> ViewAnswer:
        found = self._sql.ask(window, order, question)
        assert found is not None, "SQL always has an answer"
        return found

    def _reading(
        self,
        board: Board,
        window: Window,
        period: Period,
        order: Order,
        answer: ViewAnswer,
        question: Question,
    ) -> Reading:
        limit = question.limit if isinstance(question, Listed | After) else None
        places = sorted(answer.places, key=lambda place: place.position)[:limit]
        names = self._names_of([place.player for place in places])
        return Reading(
            board=board,
            window=window,
            period=period,
            version=answer.version,
            state=self.state(board, answer.stamp),
            stamp=answer.stamp,
            total=answer.total,
            rows=[order.row(place, names.get(place.player, place.player)) for place in places],
            last=places[-1] if len(answer.places) > len(places) else None,
        )

    def _names_of(self, players: Sequence[str]) -> Mapping[str, str]:
        if self._names_in_redis:
            found = self._from_redis(lambda: self._redis.catalogue.names(players))
            if found is not None:
                return {player: name for player, name in zip(players, found, strict=True) if name}
        return self._names.of(players)

    def _refresh(self, requests: Sequence[None]) -> Sequence[None]:
        found = self._from_redis(self._redis.catalogue.versions)
        version, renames = found or (None, None)
        self._catalogue.refresh(version)
        self._names_in_redis = renames is not None
        self._renames = renames or str(self._names.renames())
        return requests

    def _from_redis(self, read: Callable[[], T | None]) -> T | None:
        """The answer of Redis; None if it is away, does not show the window, or is not current."""
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
