"""Decides if boards may be read from Redis, which must have all acknowledged facts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.types import AppliedFacts
from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Position

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.1  # between two checks of Redis' position while Redis is believed
NOTICED_SECONDS = CHECK_SECONDS + 0.05  # after which every process has checked again
STUCK_SECONDS = 0.2  # a Redis whose position has not moved for so long is stuck, not late
LONGEST_SECONDS = 1.0  # the most that a reader waits for a late Redis
LOOK_SECONDS = 0.003  # between two reads of the position while waiting
HEAD_SECONDS = 0.5  # that a reader waits for the journal's head while Redis is believed
REST_SECONDS = 5.0  # before a database that did not answer is tried again


@dataclass(kw_only=True)
class ViewHealth:
    """Decides if Redis has all acknowledged facts, and no others, as far as this process can know.

    Redis is "believed" if the last check found that it has. A check compares the position in Redis, up to
    which it has all facts, with the journal's head. It is made only when boards are read, and at most ten
    times a second while Redis is believed. If the position is behind the head but moves, Redis is late: a
    process is about to show its commit. If it does not move, a process died or could not show its commit, or
    Redis came back empty or with older boards. The mark identifies the journal of the facts in Redis: after a
    backup was restored they may be of another one.
    """

    view: RedisView
    journal: Journal
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _believed: bool = False
    _logged: bool = False  # True if the log says that boards are read from SQL
    _believed_once: bool = False
    _failures: int = 0
    _server: str = ""
    _checked_at: float = float("-inf")
    _compared_at: float = float("-inf")  # with the journal up to a batch of this process
    _resting_until: float = float("-inf")
    _unnoticed_until: float = float("-inf")
    _checks: Coalescer[None, bool] = field(init=False)

    def __post_init__(self) -> None:
        self._checks = Coalescer(self._look)

    def mark_failed(self, error: Exception) -> None:
        """Stop believing Redis after a failure, until a check succeeds. Logged once for each outage."""
        self._failures += 1
        if not self._logged:
            log.warning("boards are read from SQL", extra={"reason": str(error)})
        self._believed, self._logged = False, True

    def mark_behind(self, error: Exception, *, since: float) -> None:
        """Stop believing Redis: a batch that was committed at `since` or before could not be projected."""
        self.mark_failed(error)
        self._unnoticed_until = since + NOTICED_SECONDS

    def wait_for_others(self) -> None:
        """Wait until every process has noticed that Redis lacks a batch that this process could not project.

        Then a caller whose score was acknowledged finds it in the answers of every process.
        """
        seconds = self._unnoticed_until - self.monotonic()
        if seconds > 0:
            self.pause(seconds)

    def database_works(self) -> None:
        """Ask the database again without a pause: a commit showed that it works."""
        self._resting_until = float("-inf")

    def is_current(self) -> bool:
        """True if boards may be read from Redis now. Not for the writer's thread."""
        self._check_server()
        return self._checks.ask(None) if self._due() else self._believed

    def is_current_up_to(self, position: Position) -> bool:
        """True if Redis has all facts up to a position that this process has just shown.

        For the threads of the writer, which must not share a lock with requests. They don't wait for facts
        after the position: those may be this process's next batch, which is shown after this one.
        """
        self._check_server()
        now = self.monotonic()
        if self._due() and not (self._believed and now - self._compared_at < CHECK_SECONDS):
            self._compared_at = now
            self._check(position if self._believed else None)  # only all of the journal can restore belief
        return self._believed

    def _due(self) -> bool:
        return not self._believed or self.monotonic() - self._checked_at >= CHECK_SECONDS

    def _look(self, requests: Sequence[None]) -> Sequence[bool]:
        if self._due():
            self._check()
        return [self._believed] * len(requests)

    def _check(self, last: Position | None = None) -> None:
        """Compare Redis with the journal: with all of it, or with its facts up to `last`."""
        start, failures = self.monotonic(), self._failures
        try:
            newest = self._newest()
            if newest is not None:
                target = newest[0] if last is None else min(last, newest[0])
                applied = self._wait_for(target)
                self._check_server()
                self._server = self.view.server
                if applied is None:
                    # A process that never saw it otherwise is usually the first one of a new server.
                    self._distrust("Redis was emptied", expected=not self._believed_once)
                elif applied.position < target:
                    self._distrust("Redis is behind the journal")
                elif not self._of_journal(applied, newest):
                    self._distrust("Redis holds facts that are not in the journal")
                elif applied.position < newest[0]:
                    return  # which shows neither that Redis is current, nor that it is not
                elif failures == self._failures:
                    self._believe(applied.position)
        except RedisAway as error:
            self.mark_failed(error)
        # Set only now: callers that ask during the check must wait for its result.
        self._checked_at = start

    def _newest(self) -> tuple[Position, str] | None:
        # While the journal can't be read, nothing is written to it either, so the last result is still right.
        if self.monotonic() < self._resting_until:
            return None
        try:
            # Unless Redis is believed, the caller reads from the database anyway: it may take longer.
            return self.journal.newest(seconds=self._patience())
        except DatabaseUnavailable:
            self._resting_until = self.monotonic() + REST_SECONDS
            return None

    def _patience(self) -> float | None:
        return HEAD_SECONDS if self._believed else None

    def _wait_for(self, head: Position) -> AppliedFacts | None:
        """The facts that Redis has, once its position has reached `head` or no longer moves."""
        applied, start = self.view.position.applied_facts(self.journal.shard), self.monotonic()
        moved_at, patience = start, STUCK_SECONDS if self._believed else LOOK_SECONDS
        while applied is not None and applied.position < head:
            now = self.monotonic()
            if now - moved_at >= patience or now - start >= LONGEST_SECONDS:
                break
            self.pause(LOOK_SECONDS)
            before, applied = applied, self.view.position.applied_facts(self.journal.shard)
            if applied is not None and applied.position != before.position and self._believed:
                moved_at = self.monotonic()
        return applied

    def _of_journal(self, applied: AppliedFacts, newest: tuple[Position, str]) -> bool:
        if applied.newest == applied.position == newest[0]:
            return applied.mark == newest[1]  # the usual case, which needs no query
        try:
            return of_journal(applied, self.journal, seconds=self._patience())
        except DatabaseUnavailable:
            self._resting_until = self.monotonic() + REST_SECONDS
            return self._believed

    def _believe(self, position: Position) -> None:
        if self._logged:
            log.info("boards are read from Redis", extra={"position": str(position)})
        self._believed, self._logged = True, False
        self._believed_once = True

    def _distrust(self, reason: str, *, expected: bool = False) -> None:
        if not self._logged:
            level = logging.INFO if expected else logging.WARNING
            log.log(level, "boards are read from SQL", extra={"reason": reason})
            self.view.writer.wake()
        self._believed, self._logged = False, True

    def _check_server(self) -> None:
        # Done even while Redis is not believed: the position that was read may be that of another server.
        if self._server not in ("", self.view.server):
            self._server = self.view.server
            self.mark_failed(RedisAway("another Redis server answers, which may hold older boards"))


def of_journal(applied: AppliedFacts, journal: Journal, *, seconds: float | None = None) -> bool:
    """True if the newest facts in Redis are of this journal. Then all facts before them are, too."""
    if journal.mark(applied.position, seconds=seconds) != applied.mark:
        return False
    if applied.newest == applied.position:
        return True
    return journal.mark(applied.newest, seconds=seconds) == applied.newest_mark
