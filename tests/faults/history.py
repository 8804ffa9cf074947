"""What clients did and heard while things broke, and whether all of it can be true.

A deed is something that counts once, however often it is sent: an entry with its idempotency key, an action
with its token. Each sending is a call, and is

    ok       acknowledged: it must be in the journal, for ever
    failed   refused in words that promise that nothing was written
    unknown  not answered, or answered that it can't be told: it may count, once, or not

Reads say what a player has, and are judged by when they were sent: what was acknowledged before, or read
before, must be in them, and nothing that was not yet sent when they were answered.
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
WRITTEN_NOT = {"ledger_unavailable", "storage_full", "rate_limited"}


class Deed(NamedTuple):
    """Points for a player, under a key of its own."""

    key: str
    player: str
    points: int


class Call(NamedTuple):
    """One sending of a deed. Moments are of time.monotonic()."""

    deed: Deed
    sent: float
    answered: float
    verdict: Verdict
    said: str  # status and code, or "nothing"
    degraded: bool = False  # acknowledged without ranks, as Redis is away


class Read(NamedTuple):
    """The score that an answer gave for a player."""

    player: str
    sent: float
    answered: float
    score: int


class Counted(NamedTuple):
    """A fact of the journal that is about points."""

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
    """All calls and reads of a run, noted down by many threads."""

    calls: list[Call] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)

    def send(self, deeds: Sequence[Deed], send: Callable[[], Answer | None]) -> tuple[Verdict, Answer | None]:
        """Send deeds in one request, and note what became of them. `send` gives None if no answer came."""
        sent = time.monotonic()
        answer = send()
        answered = time.monotonic()
        verdict, said = judged(answer)
        degraded = verdict == "ok" and answer is not None and "degraded" in answer.json["data"]
        self.calls += [Call(deed, sent, answered, verdict, said, degraded) for deed in deeds]
        if verdict == "ok" and answer is not None:
            self.reads += [Read(player, sent, answered, score) for player, score in receipts(deeds, answer)]
        return verdict, answer

    def read(self, player: str, score: Callable[[], int | None]) -> None:
        """Read what a player has, and note it; nothing where `score` gives None."""
        sent = time.monotonic()
        found = score()
        if found is not None:
            self.reads.append(Read(player, sent, time.monotonic(), found))

    @property
    def acknowledged(self) -> int:
        """How many deeds were acknowledged until now."""
        return len({call.deed for call in list(self.calls) if call.verdict == "ok"})

    def said(self, since: float = 0.0) -> Counter[str]:
        """What calls that were sent since then were answered, each with how often."""
        return Counter(call.said for call in list(self.calls) if call.sent >= since)

    def contradictions(self, counted: Iterable[Counted], rows: Sequence[Row]) -> list[str]:
        """Why journal and board can't be what these calls and reads led to; nothing where they can."""
        counted = list(counted)
        return [*self._against(counted), *_against(counted, rows), *self._backwards()]

    def _against(self, counted: Sequence[Counted]) -> Iterator[str]:
        times, facts = Counter(fact.key for fact in counted), set(counted)
        verdicts: dict[Deed, set[Verdict]] = defaultdict(set)
        for call in self.calls:
            verdicts[call.deed].add(call.verdict)
        for key, often in times.items():
            if often > 1:
                yield f"doubled: {key} counted {often} times"
        for deed, heard in verdicts.items():
            if "ok" in heard and Counted(*deed) not in facts:
                yield f"lost: {deed} was acknowledged"
            if heard == {"failed"} and deed.key in times:
                yield f"counted: {deed} was refused whenever it was sent"
        for fact in facts - {Counted(*deed) for deed in verdicts}:
            yield f"counted: nobody sent {fact}"

    def _backwards(self) -> Iterator[str]:
        acknowledged, began = {}, {}
        for call in sorted(self.calls, key=lambda call: call.answered):
            if call.verdict == "ok":
                acknowledged.setdefault(call.deed, call.answered)
        for call in sorted(self.calls, key=lambda call: call.sent):
            began.setdefault(call.deed, call.sent)
        least, most = _totals(acknowledged), _totals(began)
        seen: dict[str, Steps] = _by_player(
            ((read.player, read.answered, read.score) for read in self.reads), max
        )
        for read in self.reads:
            must = max(least[read.player].before(read.sent), seen[read.player].before(read.sent))
            may = most[read.player].before(read.answered)
            if not must <= read.score <= may:
                yield f"gone back: {read}, where {must} to {may} would be right"


class Steps:
    """A number that changes at some moments."""

    def __init__(self, changes: Iterable[tuple[float, int]], fold: Callable[[int, int], int]) -> None:
        self._moments: list[float] = []
        self._values = [0]
        for moment, value in sorted(changes, key=itemgetter(0)):
            self._moments.append(moment)
            self._values.append(fold(self._values[-1], value))

    def before(self, moment: float) -> int:
        """What it was just before a moment."""
        return self._values[bisect_left(self._moments, moment)]


def judged(answer: Answer | None) -> tuple[Verdict, str]:
    """What an answer means for the deeds that were sent, and its status and code."""
    if answer is None:
        return "unknown", "nothing"
    if answer.status == 200:
        rejected = answer.json["data"].get("rejected")
        return ("failed", f"rejected {rejected}") if rejected else ("ok", "200")
    code = answer.json["code"]
    sure = answer.status < 500 or code in WRITTEN_NOT
    return ("failed" if sure else "unknown"), f"{answer.status} {code}"


def receipts(deeds: Sequence[Deed], answer: Answer) -> Iterator[tuple[str, int]]:
    """What players have by the receipt of their deeds. One that is given again tells of an earlier time."""
    data = answer.json["data"]
    if data["replayed"]:
        return
    if "newScore" in data:
        yield deeds[0].player, data["newScore"]
    else:
        yield from ((standing["player"], standing["score"]) for standing in data["standings"])


def _against(counted: Sequence[Counted], rows: Sequence[Row]) -> Iterator[str]:
    sums: Counter[str] = Counter()
    for fact in counted:
        sums[fact.player] += fact.points
    shown = {row.player: row.score for row in rows}
    for player in sums.keys() | shown.keys():
        if sums.get(player) != shown.get(player):
            yield f"board: {player} has {shown.get(player)}, the journal adds up to {sums.get(player)}"
    if [row.rank for row in rows] != list(range(1, len(rows) + 1)):
        yield f"board: ranks are {[row.rank for row in rows]}"
    if (scores := [row.score for row in rows]) != sorted(scores, reverse=True):
        yield f"board: scores are in no order: {scores}"


def _totals(moments: dict[Deed, float]) -> dict[str, Steps]:
    changes = ((deed.player, moment, deed.points) for deed, moment in moments.items())
    return _by_player(changes, lambda total, points: total + points)


def _by_player(
    changes: Iterable[tuple[str, float, int]], fold: Callable[[int, int], int]
) -> dict[str, Steps]:
    mine: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for player, moment, value in changes:
        mine[player].append((moment, value))
    found: dict[str, Steps] = defaultdict(lambda: Steps((), fold))
    found.update({player: Steps(steps, fold) for player, steps in mine.items()})
    return found
