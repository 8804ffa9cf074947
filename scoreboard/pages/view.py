"""What the pages show of a board, in words and shapes that templates need. Pure."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from scoreboard.actions.types import ActionType
from scoreboard.boards.types import Board, Period

EXAMPLE_SCORE = 10
PLAYERS_BESIDE = 5  # are shown beside the game
RUNNING = {"all": "All time", "daily": "Today", "weekly": "This week", "monthly": "This month"}
OVER = {"daily": "Yesterday", "weekly": "Last week", "monthly": "Last month"}
TIES = {
    "ordinal": "Equal results: whoever got there first stands first.",
    "competition": "Equal results share a rank, and the ranks after them are skipped.",
    "dense": "Equal results share a rank, and no rank is skipped.",
}
SIGNS = {"increment": "+", "decrement": "\N{MINUS SIGN}"}


class Choice(NamedTuple):
    """A period that one can choose: what `?period=` says, and what people read."""

    period: str
    label: str


def choices(board: Board) -> list[Choice]:
    """The periods that a page offers: those that run now, and the one before the board's own."""
    own, *others = board.windows
    found = [Choice("", RUNNING.get(own, "Current"))]
    if own != "all":
        found.append(Choice("previous", OVER.get(own, "Previous")))
    return found + [Choice(kind, RUNNING.get(kind, kind)) for kind in others]


def period_name(period: Period) -> str:
    """A period as people read it."""
    return RUNNING["all"] if period.kind == "all" else period.id


def heading(name: str) -> str:
    """A column's name as a heading: goalDifference is "Goal difference"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).strip()
    return words.capitalize() or name


def digits(value: int, decimals: int) -> list[str]:
    """A number in groups of three digits, which are set apart by style: what one copies stays a number."""
    whole, part = divmod(abs(value), 10**decimals)
    groups = f"{whole:,}".split(",")
    groups[0] = ("-" if value < 0 else "") + groups[0]
    groups[-1] += f".{part:0{decimals}}" if decimals else ""
    return groups


def playable(type: ActionType | None, board: Board, region: str) -> bool:
    """Whether who plays this action type on a board's page sees his points there. Guests have no region."""
    return (
        type is not None
        and not type.rules.bind_device
        and board.id in type.rules.boards
        and board.definition.trust == "client"
        and not region
    )


def example(board: Board, region: str) -> str:
    """A first submission, as JSON that the board takes."""
    entry: dict[str, Any] = {"player": "ada", "displayName": "Ada", "score": _example_score(board)}
    if region:
        entry["region"] = region
    return json.dumps({"entries": [entry]})


def _example_score(board: Board) -> int:
    rules = board.definition
    score = EXAMPLE_SCORE
    if rules.max_increment is not None and rules.operator in ("increment", "decrement"):
        score = min(score, rules.max_increment)
    if rules.min_score is not None:
        score = max(score, rules.min_score)
    return score if rules.max_score is None else min(score, rules.max_score)
