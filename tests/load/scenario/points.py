"""Compares the scores of the board with the acknowledged points."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.load.scenario.plan import Plan
from tests.load.scenario.records import PlayerPoints, Records

PAGE = 100  # players that the API lists in one answer
PATIENCE_SECONDS = 20.0


def compare(plan: Plan, records: Records, *, patience_seconds: float = PATIENCE_SECONDS) -> tuple[str, bool]:
    """The result as text, and True if the scores agree. A board that can't be compared counts as right."""
    definition = _data(f"{plan.url}/v1/boards/{plan.board}")
    if (definition["operator"], definition["period"]) != ("increment", "all"):
        return f"points not compared: board {plan.board} does not add up all points for ever", True
    expected = {player: one for player, one in records.players.items() if one.points or one.doubtful}
    until = time.monotonic() + patience_seconds
    # A follower may be behind for a moment.
    while (wrong := _differing(plan, expected)) and time.monotonic() < until:
        time.sleep(1)
    points, doubtful = (
        sum(one.points for one in expected.values()),
        sum(one.doubtful for one in expected.values()),
    )
    text = f"the board shows the {points:,} points of {len(expected):,} players that were acknowledged"
    text += f" ({doubtful} completions got no answer, and may be there or not)" if doubtful else ""
    return text + (f"; of {len(wrong)} it does not, such as {wrong[0]}" if wrong else ""), not wrong


def _differing(plan: Plan, expected: dict[str, PlayerPoints]) -> list[str]:
    shown = dict(_scores(plan, list(expected)))
    return [
        f"{player}: {shown.get(player, 0)} instead of {one.points}"
        for player, one in expected.items()
        if shown.get(player, 0) < one.points or (shown.get(player, 0) > one.points and not one.doubtful)
    ]


def _scores(plan: Plan, players: list[str]) -> Iterator[tuple[str, int]]:
    for first in range(0, len(players), PAGE):
        names = ",".join(players[first : first + PAGE])
        for row in _data(f"{plan.url}/v1/boards/{plan.board}/entries?players={names}")["entries"]:
            yield row["player"]["id"], row["score"]


def _data(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)["data"]
