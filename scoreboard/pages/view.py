"""What the pages show of a board, in words and shapes that templates need. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from scoreboard.actions.types import ActionType
from scoreboard.boards.types import Board, Definition, Row

EXAMPLE_SCORE = 10
PLAYERS_BESIDE = 5  # are shown beside the game
MOST_ROWS = 100  # of one page; a longer list goes on on the next one
MINUTE = 60
RUNNING = {
    "all": "board.allTime",
    "daily": "board.today",
    "weekly": "board.thisWeek",
    "monthly": "board.thisMonth",
}
OVER = {"daily": "board.yesterday", "weekly": "board.lastWeek", "monthly": "board.lastMonth"}
TIES = {
    "ordinal": "board.tiesOrdinal",
    "competition": "board.tiesCompetition",
    "dense": "board.tiesDense",
}
SIGNS = {"increment": "+", "decrement": "\N{MINUS SIGN}"}


class Choice(NamedTuple):
    """A period that one can choose: what `?period=` says, and the text that names it, "" for none."""

    period: str
    key: str


class Turn(NamedTuple):
    """A page that one can turn to: which, the text that names it, and where its rows begin.

    None on that page itself.
    """

    where: str
    key: str
    offset: int | None


def choices(board: Board) -> list[Choice]:
    """The periods that a page offers: those that run now, and the one before the board's own."""
    own, *others = board.windows
    found = [Choice("", RUNNING.get(own, "board.current"))]
    if own != "all":
        found.append(Choice("previous", OVER.get(own, "board.previous")))
    return found + [Choice(kind, RUNNING.get(kind, "")) for kind in others]


def heading(name: str) -> str:
    """A column's name as a heading: goalDifference is "Goal difference"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).strip()
    return words.capitalize() or name


def score_heading(rules: Definition) -> str:
    """The text that names scores."""
    return "board.time" if rules.unit == "s" else "board.score"


def digits(value: int, decimals: int = 0) -> list[str]:
    """A number in groups of three digits, which are set apart by style: what one copies stays a number."""
    sign, whole, part = _split(value, decimals)
    groups = f"{whole:,}".split(",")
    groups[0] = sign + groups[0]
    groups[-1] += part
    return groups


def scored(value: int, rules: Definition) -> list[str]:
    """A score as its board shows it. Seconds from a minute on are read from a clock: 83.456 is 1:23.456."""
    sign, seconds, part = _split(value, rules.decimals)
    if rules.unit != "s" or seconds < MINUTE:
        return digits(value, rules.decimals)
    minutes, rest = divmod(seconds, MINUTE)
    hours, minutes_rest = divmod(minutes, MINUTE)
    clock = f"{hours}:{minutes_rest:02}" if hours else f"{minutes}"
    return [f"{sign}{clock}:{rest:02}{part}"]


def ranks(rows: Sequence[Row]) -> list[str]:
    """The rank of each row; who shares it with a neighbour is tied: "=3"."""
    found = [row.rank for row in rows]
    tied = [rank in found[max(0, at - 1) : at] + found[at + 1 : at + 2] for at, rank in enumerate(found)]
    return [f"={rank}" if equal else f"{rank}" for rank, equal in zip(found, tied, strict=True)]


def turns(offset: int, limit: int, total: int) -> list[Turn]:
    """The pages that one can turn to."""
    last = max(0, total - 1) // limit * limit
    places = [("first", "board.first", 0), ("previous", "board.back", max(0, offset - limit))]
    places += [("next", "board.next", min(last, offset + limit)), ("last", "board.last", last)]
    return [Turn(where, key, None if to == offset else to) for where, key, to in places]


def summary(board: Board, rows: Sequence[Row]) -> str:
    """Who leads, for those who see no more than a link; where nobody does, what the board is about."""
    if not rows:
        return board.definition.description
    scores = [" ".join(scored(row.score, board.definition)) for row in rows]
    leaders = list(zip(ranks(rows), rows, scores, strict=True))[:3]
    return " · ".join(f"{rank} {row.name} {score}" for rank, row, score in leaders)


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


def _split(value: int, decimals: int) -> tuple[str, int, str]:
    whole, part = divmod(abs(value), 10**decimals)
    return "-" if value < 0 else "", whole, f".{part:0{decimals}}" if decimals else ""
