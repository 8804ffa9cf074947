"""Adds a page of standings to a window that is being built, by plain commands.

A script makes a Lua text of each value, which costs several times as much as the commands themselves. Plain
commands can't compare versions, so they are only used for players that the window does not hold yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoreboard.boards.order import Order
from scoreboard.boards.types import Standing


@dataclass(frozen=True, kw_only=True)
class PlainFill:
    """One page, for the window with these keys (`built_keys`). No player may be in it twice."""

    keys: Sequence[str]
    token: str
    order: Order
    version: int
    standings: Sequence[Standing]

    def question(self) -> list[Any]:
        """The arguments of the script `check_building`."""
        players = [standing.player for standing in self.standings]
        return [self.token, self.order.ties, len(players), *players, *self._tiers()]

    def queue(self, pipeline: Any, answer: Sequence[int]) -> None:
        """Queue the commands. `answer` is the script's."""
        order, members, tiers, sizes, metadata, state = self.keys
        entries, tier_count, texts, known_version, *held = answer
        shown, kept = self._entries()
        pipeline.execute_command("ZADD", order, *shown)
        pipeline.execute_command("HSET", members, *kept)
        more_texts = [part for one in self.standings if one.metadata for part in (one.player, one.metadata)]
        if more_texts:
            pipeline.execute_command("HSET", metadata, *more_texts)
        grown = self._tiers()
        new = [tier for tier, size in zip(grown, held, strict=True) if not size]
        if grown:
            sums = [size + more for size, more in zip(held, grown.values(), strict=True)]
            pipeline.hset(sizes, mapping=dict(zip(grown, sums, strict=True)))
        if new:
            pipeline.zadd(tiers, dict.fromkeys(new, 0))
        counts = (entries + len(self.standings), tier_count + len(new), texts + len(more_texts) // 2)
        after = {"building-held": " ".join(map(str, counts)), "version": max(known_version, self.version)}
        pipeline.hset(state, mapping=after)

    def _entries(self) -> tuple[list[Any], list[str]]:
        """The arguments for the sorted set of the order, and for the hash of members."""
        shown: list[Any] = []
        kept: list[str] = []
        for standing in self.standings:
            key = self.order.key(standing)
            shown += (0, key + standing.player)
            kept += (standing.player, f"{standing.version}:{key}")
        return shown, kept

    def _tiers(self) -> dict[str, int]:
        """The number of players that each tier gains; nothing if tiers are not counted."""
        if self.order.ties != "dense":
            return {}
        width = self.order.tier_width
        return Counter(self.order.key(standing)[:width] for standing in self.standings)
