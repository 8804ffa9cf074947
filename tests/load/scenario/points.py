"""Whether the board shows exactly what the completions were answered with."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.load.scenario.plan import Plan
from tests.load.scenario.seen import Seen, Won

AT_ONCE = 100  # players that the API lists in one answer
PATIENCE_SECONDS = 20.0


def compared(plan: Plan, seen: Seen, *, patience_seconds: float = PATIENCE_SECONDS) -> tuple[str, bool]:
    """What the comparison says, and whether all is well. A board that can't be compared is well."""
    definition = _data(f"{plan.url}/v1/boards/{plan.board}")
    if (definition["operator"], definition["period"]) != ("increment", "all"):
        return f"points not compared: board {plan.board} does not add up all points for ever", True
    won = {player: one for player, one in seen.players.items() if one.points or one.doubtful}
    until = time.monotonic() + patience_seconds
    # A server that is behind may show it in a moment.
    while (wrong := _differing(plan, won)) and time.monotonic() < until:
        time.sleep(1)
    points, doubtful = sum(one.points for one in won.values()), sum(one.doubtful for one in won.values())
    text = f"the board shows the {points:,} points of {len(won):,} players that were acknowledged"
    text += f" ({doubtful} completions got no answer, and may be there or not)" if doubtful else ""
    return text + (f"; of {len(wrong)} it does not, such as {wrong[0]}" if wrong else ""), not wrong


def _differing(plan: Plan, won: dict[str, Won]) -> list[str]:
    shown = dict(_scores(plan, list(won)))
    return [
        f"{player}: {shown.get(player, 0)} instead of {one.points}"
        for player, one in won.items()
        if shown.get(player, 0) < one.points or (shown.get(player, 0) > one.points and not one.doubtful)
    ]


def _scores(plan: Plan, players: list[str]) -> Iterator[tuple[str, int]]:
    for first in range(0, len(players), AT_ONCE):
        names = ",".join(players[first : first + AT_ONCE])
        for row in _data(f"{plan.url}/v1/boards/{plan.board}/entries?players={names}")["entries"]:
            yield row["player"]["id"], row["score"]


def _data(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)["data"]
