"""Boards in the shapes that templates need. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from scoreboard.actions.types import ActionType
from scoreboard.boards.types import Board, Definition, Row
from scoreboard.core.clock import to_datetime
from scoreboard.pages.numbers import NumberStyle, scored
from scoreboard.profiles.types import Profile

EXAMPLE_SCORE = 10
PLAYERS_BESIDE = 5  # rows beside the game
MAX_ROWS = 100  # on one page of a list
CURRENT = {  # keys of the texts that name periods
    "all": "board.allTime",
    "daily": "board.today",
    "weekly": "board.thisWeek",
    "monthly": "board.thisMonth",
}
PREVIOUS = {"daily": "board.yesterday", "weekly": "board.lastWeek", "monthly": "board.lastMonth"}
TIES = {
    "ordinal": "board.tiesOrdinal",
    "competition": "board.tiesCompetition",
    "dense": "board.tiesDense",
}
SIGNS = {"increment": "+", "decrement": "\N{MINUS SIGN}"}


class Choice(NamedTuple):
    """A period that a page offers: the value of `?period=`, and the key of its name, "" for none."""

    period: str
    key: str


class PageLink(NamedTuple):
    """A link to another page of a list."""

    target: str  # first, previous, next or last
    key: str  # of its text
    offset: int | None  # of the page's rows; None if that is the page shown


def choices(board: Board) -> list[Choice]:
    """The periods that a page offers: the current ones, and the one before the board's own."""
    own, *others = board.windows
    found = [Choice("", CURRENT.get(own, "board.current"))]
    if own != "all":
        found.append(Choice("previous", PREVIOUS.get(own, "board.previous")))
    return found + [Choice(kind, CURRENT.get(kind, "")) for kind in others]


def heading(name: str) -> str:
    """A column's name as a heading: goalDifference is "Goal difference"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).strip()
    return words.capitalize() or name


def region_name(board: Board, region: str) -> str:
    """A region's title, or its id; "" for all regions."""
    return board.definition.region_titles.get(region) or region


def score_heading(rules: Definition) -> str:
    """The key of the text that names scores."""
    return "board.time" if rules.unit == "s" else "board.score"


def ranks(rows: Sequence[Row]) -> list[str]:
    """The rank of each row; a rank that neighbours share is tied: "=3"."""
    found = [row.rank for row in rows]
    tied = [rank in found[max(0, at - 1) : at] + found[at + 1 : at + 2] for at, rank in enumerate(found)]
    return [f"={rank}" if equal else f"{rank}" for rank, equal in zip(found, tied, strict=True)]


def utc_minute(at: int) -> str:
    """An instant for readers without scripts, to the minute."""
    return f"{to_datetime(at):%Y-%m-%d %H:%M} UTC"


def page_links(offset: int, limit: int, total: int) -> list[PageLink]:
    """The links of a list's pager."""
    last = max(0, total - 1) // limit * limit
    links = [("first", "board.first", 0), ("previous", "board.back", max(0, offset - limit))]
    links += [("next", "board.next", min(last, offset + limit)), ("last", "board.last", last)]
    return [PageLink(target, key, None if to == offset else to) for target, key, to in links]


def summary(board: Board, rows: Sequence[Row], style: NumberStyle) -> str:
    """The first three rows, for previews of links; the board's description if there are no rows."""
    if not rows:
        return board.definition.description
    scores = [" ".join(scored(row.score, board.definition, style)) for row in rows]
    leaders = list(zip(ranks(rows), rows, scores, strict=True))[:3]
    return " · ".join(f"{rank} {row.name} {score}" for rank, row, score in leaders)


def profile_summary(profile: Profile) -> str:
    """The ranks of a player, for previews of links: "1 Main board 1 234"."""
    shown = [
        (one.board.definition, one.board.id, one.current[0].row) for one in profile.boards if one.current
    ]
    return " · ".join(
        f"{row.rank} {rules.title or id} {' '.join(scored(row.score, rules))}" for rules, id, row in shown[:3]
    )


def playable(type: ActionType | None, board: Board, region: str) -> bool:
    """True if points that a guest wins by this action type show on a board's page. Guests have no region."""
    return (
        type is not None
        and not type.rules.bind_device
        and board.id in type.rules.boards
        and board.definition.trust == "client"
        and not region
    )


def example(board: Board, region: str) -> str:
    """A first submission, as JSON that the board accepts."""
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
