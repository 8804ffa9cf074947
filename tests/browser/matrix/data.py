"""The boards of the matrix, one for each state of a board. All data is the same in each run."""

from __future__ import annotations

from typing import Any

from tests.browser.boards import define, enter
from tests.browser.matrix.pages import PAST, STATES
from tests.support import Stack

NAMES = (
    "Ada Lovelace",
    "Grace Hopper",
    "Alan Turing",
    "Karen",
    "محمد علي",
    "Linus",
    "Barbara Liskov",
    "Edsger",
    "Jörg",
)
LONG_NAME = "Maximiliane von Hohenstein-Bär"  # 30 of 32 characters
LARGEST = 9_007_199_254_740_991
RULES: dict[str, dict[str, Any]] = {
    "normal": {
        "title": "Hackathon 2026",
        "description": "Points for solved tasks, twice as many for the first solution.",
        "windows": ["weekly"],
        "regions": ["eu", "us"],
        "regionTitles": {"eu": "Europe", "us": "America"},
        "columns": [{"name": "wins"}],
        "unit": "points",
        "show": [{"field": "team", "as": "text"}, {"field": "site", "as": "link"}],
    },
    "empty": {"title": "Nobody yet", "period": "weekly"},
    "thousand": {"title": "A thousand players", "size": 1000},
    "long": {
        "title": "International championship of competitive programming, northern division",
        "description": "A description with Donaudampfschifffahrtsgesellschaftskapitän, and more words than "
        "fit in a line, which explain how the points of this board are counted, and until when.",
        "period": "weekly",
        "columns": [{"name": "goalDifference"}, {"name": "goalsFor", "title": "Goals that were scored"}],
        "show": [{"field": "team", "as": "text"}, {"field": "site", "as": "link"}],
    },
    "huge": {
        "title": "Large numbers",
        "period": "weekly",
        "columns": [{"name": "coins"}, {"name": "lives"}],
        "unit": "points",
    },
    "ties": {"title": "Many draws", "ties": "competition", "columns": [{"name": "wins"}]},
    "past": {"title": "Monthly cup", "period": "monthly", "unit": "points"},
}
ROWS = {"normal": 24, "empty": 0, "thousand": 1000, "long": 12, "huge": 12, "ties": 12, "past": 8}


def fill(stack: Stack) -> None:
    """Create all boards with their players."""
    for state in STATES:
        define(stack, state, **RULES[state])
        if entries := [entry(state, number) for number in range(1, ROWS[state] + 1)]:
            enter(stack, state, *entries)
    enter(stack, "main", *(entry("normal", number) | {"columns": {}} for number in range(1, 8)))
    for state in ("past", "long", "huge"):
        for month in ("2025-04", PAST, "2025-06"):
            _import(stack, state, f"{month}-15T12:00:00Z")


def entry(state: str, number: int) -> dict[str, Any]:
    """The entry of one player."""
    return {
        "player": f"{state}{number}",
        "displayName": _name(state, number),
        "score": _score(state, number),
        "columns": _columns(state, number),
        "metadata": _metadata(state, number),
    }


def _name(state: str, number: int) -> str:
    if state == "long":
        return f"{LONG_NAME} {number}"[:32] if number % 4 else "W" * 30 + f"{number:02}"
    return NAMES[number - 1] if state != "thousand" and number <= len(NAMES) else f"{state.title()} {number}"


def _score(state: str, number: int) -> int:
    return {
        "huge": LARGEST - 1234 * number if number < 10 else 12_345 - number,
        "ties": 900 - 100 * (number // 4),
    }.get(state, 64_250 - 61 * number)


def _columns(state: str, number: int) -> dict[str, int]:
    values = {
        "huge": (-LARGEST // 10 + number, 1_000_000 * number),
        "ties": (30 - 3 * (number // 4),),
    }.get(state, (40 - number, 3 * number))
    return dict(zip((one["name"] for one in RULES[state].get("columns", [])), values, strict=False))


def _metadata(state: str, number: int) -> dict[str, str]:
    if state == "long":
        return {
            "team": "The winners of the previous year",
            "site": "https://www.subdomain.example-of-a-long-name.com/",
        }
    if state == "normal" and number % 3 == 1:
        return {"team": ("Red", "Green", "Blue")[number % 9 // 3], "site": "https://example.com/"}
    return {}


def _import(stack: Stack, board: str, at: str) -> None:
    """Add the results of a period that is over."""
    enter(stack, board, *(entry(board, number) | {"occurredAt": at} for number in range(1, ROWS[board] + 1)))
