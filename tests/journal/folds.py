"""The smallest possible feature: it records facts, and refuses or breaks on some."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import peewee

from scoreboard.core.clock import Clock
from scoreboard.core.errors import Refused
from scoreboard.core.storage.db import Database, execute
from scoreboard.journal.transaction import Transaction
from scoreboard.journal.types import FIRST_SHARD, Fact, Position, RecordedFact, Span
from scoreboard.journal.writer import Writer


def note(id: str, fate: str = "", **data: Any) -> Fact:
    """A fact of the kind "noted". With the fate "refused" the fold refuses it, with "broken" the database."""
    return Fact(id=id, kind="noted", player="ada", data=data, digest=fate, action=fate)


@dataclass
class NoteFold:
    """Folds facts of the kind "noted"."""

    before: Callable[[peewee.Database], None] = lambda db: None
    spans: list[tuple[int, int]] = field(default_factory=list)  # that were projected
    kinds: frozenset[str] = frozenset({"noted"})
    audited: frozenset[str] = frozenset()

    def open(self, db: peewee.Database, facts: Sequence[Fact], at: int) -> NoteBatch:
        self.before(db)
        return NoteBatch(db, self.spans)


@dataclass
class NoteBatch:
    """Folds one batch of notes."""

    db: peewee.Database
    spans: list[tuple[int, int]]

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        if fact.action == "refused":
            raise Refused("This fact breaks a rule.", code="refused")
        if fact.action == "broken":
            execute(self.db, "INSERT INTO journal_head (shard, seq, at) VALUES (0, 0, 0)")
        return {"noted": position.seq}

    def replay(self, recorded: RecordedFact) -> None:
        pass

    def finish(self) -> None:
        pass

    def project(self, span: Span) -> str:
        self.spans.append((span.first, span.last))
        return "shown"


@dataclass
class GatedFold(NoteFold):
    """A fold whose batches are projected once the test opens the gate."""

    gate: threading.Event = field(default_factory=threading.Event)
    is_waiting: threading.Event = field(default_factory=threading.Event)  # a batch is before the closed gate

    def open(self, db: peewee.Database, facts: Sequence[Fact], at: int) -> NoteBatch:
        return GatedBatch(db, self.spans, self)


@dataclass
class GatedBatch(NoteBatch):
    """A batch that waits for its fold's gate."""

    fold: GatedFold

    def project(self, span: Span) -> str:
        if not self.fold.gate.is_set():
            self.fold.is_waiting.set()
        self.fold.gate.wait(10)
        return super().project(span)


class Pause:
    """Holds a writer inside its transaction until the test lets it continue."""

    def __init__(self) -> None:
        self.reached, self.released = threading.Event(), threading.Event()

    def __call__(self, db: peewee.Database) -> None:
        self.reached.set()
        self.released.wait(10)


def new_writer(url: str, clock: Clock, fold: NoteFold) -> tuple[Writer, Database]:
    """A writer with this one feature, and its database."""
    database = Database(url, readers=1)
    return Writer(database, folds=[fold], transaction=Transaction(shard=FIRST_SHARD, clock=clock)), database


def in_parallel(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all of these at the same time. Returns the result of each, or the exception that it raised."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(index: int) -> None:
        start.wait(10)
        try:
            results[index] = works[index]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def seconds_of(work: Callable[[], Any]) -> float:
    """Call `work`. Returns the seconds that it took."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
