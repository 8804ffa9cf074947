"""Receipts: answers to completions. A completion that is sent again gets the same receipt."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from scoreboard.actions.store.receipts import RECEIPTS, Ranks, StoredReceipts, row
from scoreboard.actions.types import Receipt, WindowStanding
from scoreboard.boards.facts import BoardResult, read_result, results_of
from scoreboard.boards.types import RankChange, Window
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.deferred import DeferredRows
from scoreboard.journal.types import Position, RecordedFact

MAX_RECENT = 2000  # receipts whose ranks a process keeps in memory
TRIES, TRY_SECONDS = 3, 0.05  # to read the ranks of a fact that another process has just committed
RankChanges = Mapping[Window, Mapping[str, RankChange]] | None  # by player; None if projecting failed


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Keeps the ranks of completions, and makes receipts.

    The ranks are known once a batch is projected, after its commit. They are stored with a later commit.
    """

    stored: StoredReceipts
    deferred: DeferredRows
    _recent: OrderedDict[Position, Ranks] = field(default_factory=OrderedDict)
    _pause: threading.Event = field(default_factory=threading.Event)

    def keep(
        self, position: Position, player: str, result: Mapping[str, Any], rank_changes: RankChanges
    ) -> None:
        """Keep the ranks after a fact. Called by the writer's thread."""
        ranks = [_ranks(one) for one in _changes(player, read_result(result), rank_changes)]
        self._recent[position] = ranks
        if len(self._recent) > MAX_RECENT:
            self._recent.popitem(last=False)
        if all(rank is not None for rank, _ in ranks):
            self.deferred.add(RECEIPTS, row(position.seq, ranks))

    def make(self, line: RecordedFact, rank_changes: RankChanges, *, replayed: bool) -> Receipt:
        """Make the receipt of a completion. It is the same each time if its ranks were kept."""
        boards = results_of(line)
        ranks = self._recent.get(line.position) or (self._read(line.position) if replayed else None)
        if ranks is None or (None, None) in ranks:
            ranks = [_ranks(one) for one in _changes(line.fact.player, boards, rank_changes)]
        standings = [
            WindowStanding(
                board=window.board,
                period=window.period,
                region=window.region or None,
                score=score,
                rank=rank,
                previous_rank=previous,
                version=version,
            )
            for (window, score, version), (rank, previous) in zip(_standings(boards), ranks, strict=True)
        ]
        return Receipt(
            action_id=line.fact.id.removeprefix("action:"),
            entry=str(line.position),
            action_type=line.fact.action,
            increment=line.fact.amount,
            new_score=standings[0].score,
            rank=standings[0].rank,
            replayed=replayed,
            standings=standings,
            degraded=True if any(one.rank is None for one in standings) else UNSET,
        )

    def _read(self, position: Position) -> Ranks | None:
        try:
            for _ in range(TRIES):
                ranks = self.stored.get(position.seq)
                if ranks is not None:
                    return ranks
                self._pause.wait(TRY_SECONDS)
        except DatabaseUnavailable:
            pass
        return None


def _standings(boards: Mapping[str, BoardResult]) -> list[tuple[Window, int, int]]:
    return [one for result in boards.values() for one in result.standings]


def _changes(
    player: str, boards: Mapping[str, BoardResult], rank_changes: RankChanges
) -> list[RankChange | None]:
    return [(rank_changes or {}).get(window, {}).get(player) for window, *_ in _standings(boards)]


def _ranks(change: RankChange | None) -> tuple[int | None, int | None]:
    return (change.rank, change.previous_rank) if change else (None, None)
