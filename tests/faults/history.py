"""The history of all calls during faults, and a check that it is consistent with journal and board.

An operation must count once, even if it is sent several times: an entry with its idempotency key, or an
action with its token. Each sending is a call. Its verdict is

    ok       acknowledged: it must be in the journal
    failed   refused with an error that promises that nothing was written
    unknown  not answered, or its outcome is unknown: it may count once, or not

A read returns a player's score. It must contain all operations that were acknowledged or read before it
was sent, and no operation that was sent after its answer.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Literal, NamedTuple

from tests.support import Answer

Verdict = Literal["ok", "failed", "unknown"]
NOT_WRITTEN = {"ledger_unavailable", "storage_full", "rate_limited"}


class Operation(NamedTuple):
    """Points for a player, under a key of its own."""

    key: str
    player: str
    points: int


class Call(NamedTuple):
    """One sending of an operation. Times are of time.monotonic()."""

    operation: Operation
    sent: float
    answered: float
    verdict: Verdict
    outcome: str  # status and code, or "nothing"
    degraded: bool = False  # acknowledged without ranks, because Redis is away


class Read(NamedTuple):
    """The score that an answer gave for a player."""

    player: str
    sent: float
    answered: float
    score: int


class CountedFact(NamedTuple):
    """A fact of the journal that scores."""

    key: str
    player: str
    points: int


class Row(NamedTuple):
    """A row of a board."""

    player: str
    score: int
    rank: int


@dataclass
class History:
    """All calls and reads of a run, recorded by many threads."""

    calls: list[Call] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)

    def send(
        self, operations: Sequence[Operation], send: Callable[[], Answer | None]
    ) -> tuple[Verdict, Answer | None]:
        """Send operations in one request, and record the calls. `send` returns None if no answer came."""
        sent = time.monotonic()
        answer = send()
        answered = time.monotonic()
        verdict, outcome = verdict_of(answer)
        degraded = verdict == "ok" and answer is not None and "degraded" in answer.json["data"]
        self.calls += [
            Call(operation, sent, answered, verdict, outcome, degraded) for operation in operations
        ]
        if verdict == "ok" and answer is not None:
            self.reads += [
                Read(player, sent, answered, score) for player, score in receipts(operations, answer)
            ]
        return verdict, answer

    def read(self, player: str, score: Callable[[], int | None]) -> None:
        """Read a player's score, and record it unless `score` returns None."""
        sent = time.monotonic()
        value = score()
        if value is not None:
            self.reads.append(Read(player, sent, time.monotonic(), value))

    @property
    def acknowledged_count(self) -> int:
        """The number of operations that were acknowledged until now."""
        return len({call.operation for call in list(self.calls) if call.verdict == "ok"})

    def outcomes(self, since: float = 0.0) -> Counter[str]:
        """The outcomes of the calls that were sent since then, and the count of each."""
        return Counter(call.outcome for call in list(self.calls) if call.sent >= since)

    def contradictions(self, facts: Iterable[CountedFact], rows: Sequence[Row]) -> list[str]:
        """The contradictions between these calls and reads, and the journal and the board."""
        facts = list(facts)
        return [*self._journal_errors(facts), *_board_errors(facts, rows), *self._read_errors()]

    def _journal_errors(self, counted: Sequence[CountedFact]) -> Iterator[str]:
        times, facts = Counter(fact.key for fact in counted), set(counted)
        verdicts: dict[Operation, set[Verdict]] = defaultdict(set)
        for call in self.calls:
            verdicts[call.operation].add(call.verdict)
        for key, count in times.items():
            if count > 1:
                yield f"doubled: {key} counted {count} times"
        for operation, results in verdicts.items():
            if "ok" in results and CountedFact(*operation) not in facts:
                yield f"lost: {operation} was acknowledged"
            if results == {"failed"} and operation.key in times:
                yield f"counted: {operation} was refused each time that it was sent"
        for fact in facts - {CountedFact(*operation) for operation in verdicts}:
            yield f"counted: {fact} was never sent"

    def _read_errors(self) -> Iterator[str]:
        acknowledged, began = {}, {}
        for call in sorted(self.calls, key=lambda call: call.answered):
            if call.verdict == "ok":
                acknowledged.setdefault(call.operation, call.answered)
        for call in sorted(self.calls, key=lambda call: call.sent):
            began.setdefault(call.operation, call.sent)
        least, most = _totals(acknowledged), _totals(began)
        reads: dict[str, Steps] = _by_player(
            ((read.player, read.answered, read.score) for read in self.reads), max
        )
        for read in self.reads:
            least_score = max(least[read.player].before(read.sent), reads[read.player].before(read.sent))
            most_score = most[read.player].before(read.answered)
            if not least_score <= read.score <= most_score:
                yield f"gone back: {read}, where {least_score} to {most_score} would be right"


class Steps:
    """A number that changes at some points in time."""

    def __init__(self, changes: Iterable[tuple[float, int]], fold: Callable[[int, int], int]) -> None:
        self._moments: list[float] = []
        self._values = [0]
        for moment, value in sorted(changes, key=itemgetter(0)):
            self._moments.append(moment)
            self._values.append(fold(self._values[-1], value))

    def before(self, moment: float) -> int:
        """The number just before a moment."""
        return self._values[bisect_left(self._moments, moment)]


def verdict_of(answer: Answer | None) -> tuple[Verdict, str]:
    """The verdict on the operations of an answered call, and the answer's status and code."""
    if answer is None:
        return "unknown", "nothing"
    if answer.status == 200:
        rejected = answer.json["data"].get("rejected")
        return ("failed", f"rejected {rejected}") if rejected else ("ok", "200")
    code = answer.json["code"]
    is_certain = answer.status < 500 or code in NOT_WRITTEN
    return ("failed" if is_certain else "unknown"), f"{answer.status} {code}"


def receipts(operations: Sequence[Operation], answer: Answer) -> Iterator[tuple[str, int]]:
    """The players' scores in an answer. A replayed answer has the scores of an earlier time."""
    data = answer.json["data"]
    if data["replayed"]:
        return
    if "newScore" in data:
        yield operations[0].player, data["newScore"]
    else:
        yield from ((standing["player"], standing["score"]) for standing in data["standings"])


def _board_errors(counted: Sequence[CountedFact], rows: Sequence[Row]) -> Iterator[str]:
    sums: Counter[str] = Counter()
    for fact in counted:
        sums[fact.player] += fact.points
    scores_shown = {row.player: row.score for row in rows}
    for player in sums.keys() | scores_shown.keys():
        if sums.get(player) != scores_shown.get(player):
            yield f"board: {player} has {scores_shown.get(player)}, the journal adds up to {sums.get(player)}"
    if [row.rank for row in rows] != list(range(1, len(rows) + 1)):
        yield f"board: ranks are {[row.rank for row in rows]}"
    if (scores := [row.score for row in rows]) != sorted(scores, reverse=True):
        yield f"board: scores are not in order: {scores}"


def _totals(moments: dict[Operation, float]) -> dict[str, Steps]:
    changes = ((operation.player, moment, operation.points) for operation, moment in moments.items())
    return _by_player(changes, lambda total, points: total + points)


def _by_player(
    changes: Iterable[tuple[str, float, int]], fold: Callable[[int, int], int]
) -> dict[str, Steps]:
    by_player: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for player, moment, value in changes:
        by_player[player].append((moment, value))
    steps_of: dict[str, Steps] = defaultdict(lambda: Steps((), fold))
    steps_of.update({player: Steps(steps, fold) for player, steps in by_player.items()})
    return steps_of
