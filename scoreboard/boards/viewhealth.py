"""Whether what Redis shows of the boards can be believed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.types import Applied
from scoreboard.core.concurrency.coalesce import Coalescer
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.service import Journal
from scoreboard.journal.types import Position

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.1  # how old what a process knows of Redis and the journal may be
NOTICED_SECONDS = CHECK_SECONDS + 0.05  # after which every process looks again before it believes Redis
STUCK_SECONDS = 0.2  # Redis is late where it comes nearer within less, and stuck where it does not
LONGEST_SECONDS = 1.0  # that a reader waits for a Redis that comes nearer
LOOK_SECONDS = 0.003
HEAD_SECONDS = 0.5  # that a reader of boards waits for a database that he does not need
REST_SECONDS = 5.0  # how long such a database is left alone


@dataclass(kw_only=True)
class ViewHealth:
    """Whether Redis holds all that was acknowledged, and nothing else, as far as this process can know.

    Redis has a position: up to which fact it holds everything. It is compared with the journal's head
    only while somebody asks, and ten times a second at most while it is believed. Where it is behind, a
    moment decides: what was committed just now is on its way. Where it stands still behind the head, a
    process died or could not show what it committed; Redis may also have come back empty, or with
    yesterday's boards; or the journal is yesterday's: a backup was restored, and Redis holds what is no more.
    """

    view: RedisView
    journal: Journal
    monotonic: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _sound: bool = False
    _doubts: bool = False  # and it was said
    _losses: int = 0
    _server: str = ""
    _checked: float = float("-inf")
    _resting_until: float = float("-inf")
    _unnoticed_until: float = float("-inf")
    _together: Coalescer[None, bool] = field(init=False)

    def __post_init__(self) -> None:
        self._together = Coalescer(self._look)

    def mark_failed(self, error: Exception) -> None:
        """Redis failed us: don't believe it until it has caught up. Said once for each outage."""
        self._losses += 1
        if not self._doubts:
            log.warning("boards are read from SQL", extra={"reason": str(error)})
        self._sound, self._doubts = False, True

    def mark_behind(self, error: Exception, *, since: float) -> None:
        """A batch could not be shown, which was committed at `since` or before."""
        self.mark_failed(error)
        self._unnoticed_until = since + NOTICED_SECONDS

    def wait_for_others(self) -> None:
        """Wait until every process has looked for what this one could not show a moment ago.

        Then whoever is told that his score counts sees it wherever he asks.
        """
        seconds = self._unnoticed_until - self.monotonic()
        if seconds > 0:
            self.pause(seconds)

    def database_works(self) -> None:
        """Something was committed just now: the journal can be asked again."""
        self._resting_until = float("-inf")

    def is_current(self) -> bool:
        """Whether boards may be read from Redis now. Not for the writer's thread."""
        self._meet()
        return self._together.ask(None) if self._due() else self._sound

    def is_current_for_writer(self) -> bool:
        """The same for the writer's native thread, which must share no lock with requests."""
        self._meet()
        return self._look([None])[0]

    def _due(self) -> bool:
        return not self._sound or self.monotonic() - self._checked >= CHECK_SECONDS

    def _look(self, asked: Sequence[None]) -> Sequence[bool]:
        if self._due():
            self._check()
        return [self._sound] * len(asked)

    def _check(self) -> None:
        began, losses = self.monotonic(), self._losses
        try:
            newest = self._newest()
            if newest is not None:
                applied = self._applied(newest[0])
                self._meet()
                self._server = self.view.server
                if applied is None:
                    self._doubt("Redis was emptied")
                elif applied.position < newest[0]:
                    self._doubt("Redis lacks what was committed")
                elif not self._of_journal(applied, newest):
                    self._doubt("Redis holds facts that are not in the journal")
                elif losses == self._losses:
                    self._believe(applied.position)
        except RedisAway as error:
            self.mark_failed(error)
        # Not before: whoever asks meanwhile waits for what is found out.
        self._checked = began

    def _newest(self) -> tuple[Position, str] | None:
        # Where the journal can't be read, nothing is written to it either: what was believed still holds.
        if self.monotonic() < self._resting_until:
            return None
        try:
            # Who doubts Redis reads from the database anyway: it may take its time.
            return self.journal.newest(seconds=self._patience())
        except DatabaseUnavailable:
            self._resting_until = self.monotonic() + REST_SECONDS
            return None

    def _patience(self) -> float | None:
        return HEAD_SECONDS if self._sound else None

    def _applied(self, head: Position) -> Applied | None:
        """What Redis holds, once it has reached `head` or stands still."""
        applied, began = self.view.position.applied(self.journal.shard), self.monotonic()
        moved, patience = began, STUCK_SECONDS if self._sound else LOOK_SECONDS
        while applied is not None and applied.position < head:
            now = self.monotonic()
            if now - moved >= patience or now - began >= LONGEST_SECONDS:
                break
            self.pause(LOOK_SECONDS)
            before, applied = applied, self.view.position.applied(self.journal.shard)
            if applied is not None and applied.position != before.position and self._sound:
                moved = self.monotonic()
        return applied

    def _of_journal(self, applied: Applied, newest: tuple[Position, str]) -> bool:
        if applied.newest == applied.position == newest[0]:
            return applied.mark == newest[1]  # as nearly always: nobody need be asked
        try:
            return of_journal(applied, self.journal, seconds=self._patience())
        except DatabaseUnavailable:
            self._resting_until = self.monotonic() + REST_SECONDS
            return self._sound

    def _believe(self, position: Position) -> None:
        if self._doubts:
            log.info("boards are read from Redis", extra={"position": str(position)})
        self._sound, self._doubts = True, False

    def _doubt(self, reason: str) -> None:
        if not self._doubts:
            log.warning("boards are read from SQL", extra={"reason": reason})
            self.view.writer.wake()
        self._sound, self._doubts = False, True

    def _meet(self) -> None:
        # Also while it is not believed yet: what it must have caught up with was asked of another one.
        if self._server not in ("", self.view.server):
            self._server = self.view.server
            self.mark_failed(RedisAway("another server answers, which may hold older boards"))


def of_journal(applied: Applied, journal: Journal, *, seconds: float | None = None) -> bool:
    """Whether what Redis holds are facts of this journal. Those before them are, then, too."""
    if journal.mark(applied.position, seconds=seconds) != applied.mark:
        return False
    if applied.newest == applied.position:
        return True
    return journal.mark(applied.newest, seconds=seconds) == applied.newest_mark
