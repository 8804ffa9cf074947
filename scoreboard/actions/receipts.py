"""Receipts: answers to completions, kept so that a completion that is sent again gets the same answer."""

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
from scoreboard.journal.types import Position, Recorded

KEPT = 2000  # receipts that a process remembers
LOOKS, LOOK_SECONDS = 3, 0.05  # for the ranks of a fact that another process has just committed
ShownBy = Mapping[Window, Mapping[str, RankChange]] | None


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Ranks are known when a batch is projected, after its commit. So they are stored by a later commit."""

    stored: StoredReceipts
    notes: DeferredRows
    _recent: OrderedDict[Position, Ranks] = field(default_factory=OrderedDict)
    _pause: threading.Event = field(default_factory=threading.Event)

    def keep(self, position: Position, player: str, result: Mapping[str, Any], shown: ShownBy) -> None:
        """Keep the ranks that a fact got. Called by the writer's thread."""
        ranks = [_rank(one) for one in _shown(player, read_result(result), shown)]
        self._recent[position] = ranks
        if len(self._recent) > KEPT:
            self._recent.popitem(last=False)
        if all(rank is not None for rank, _ in ranks):
            self.notes.add(RECEIPTS, row(position.seq, ranks))

    def write(self, line: Recorded, shown: ShownBy, *, replayed: bool) -> Receipt:
        """The receipt of a completion, the same each time."""
        boards = results_of(line)
        found = self._recent.get(line.position) or (self._look(line.position) if replayed else None)
        if found is None or (None, None) in found:
            found = [_rank(one) for one in _shown(line.fact.player, boards, shown)]
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
            for (window, score, version), (rank, previous) in zip(_standings(boards), found, strict=True)
        ]
        return Receipt(
            action_id=line.fact.id.removeprefix("action:"),
            action_type=line.fact.action,
            increment=line.fact.amount,
            new_score=standings[0].score,
            rank=standings[0].rank,
            replayed=replayed,
            standings=standings,
            degraded=True if any(one.rank is None for one in standings) else UNSET,
        )

    def _look(self, position: Position) -> Ranks | None:
        try:
            for _ in range(LOOKS):
                found = self.stored.get(position.seq)
                if found is not None:
                    return found
                self._pause.wait(LOOK_SECONDS)
        except DatabaseUnavailable:
            pass
        return None


def _standings(boards: Mapping[str, BoardResult]) -> list[tuple[Window, int, int]]:
    return [one for result in boards.values() for one in result.standings]


def _shown(player: str, boards: Mapping[str, BoardResult], shown: ShownBy) -> list[RankChange | None]:
    return [(shown or {}).get(window, {}).get(player) for window, *_ in _standings(boards)]


def _rank(shown: RankChange | None) -> tuple[int | None, int | None]:
    return (shown.rank, shown.previous_rank) if shown else (None, None)
