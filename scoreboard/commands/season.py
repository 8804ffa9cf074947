"""A football season from a file: its matches in order, and the points of each team. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

COLUMNS = ("goalDifference", "goalsFor")
BOARD = {
    "order": "desc",
    "operator": "increment",
    "ties": "ordinal",
    "trust": "server",
    "columns": [{"name": name, "order": "desc"} for name in COLUMNS],
}


class Match(NamedTuple):
    """One played match."""

    date: str
    time: str
    round: str
    teams: tuple[str, str]
    goals: tuple[int, int]


class SeasonError(OSError):
    """A file that is not a season."""


def matches(season: Any) -> list[Match]:
    """The played matches of a season, in the order of their kick-offs. Raises SeasonError."""
    try:
        season_matches = [_match(match) for match in season["matches"] if _goals(match) is not None]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise SeasonError(f"this is not a season in football.json's format: {error!r}") from error
    return sorted(season_matches, key=lambda match: (match.date, match.time))


def entries(match: Match) -> Iterator[dict[str, Any]]:
    """The scores of a match: 3, 1 or 0 points, goal difference and goals, for each team."""
    for own, other in ((0, 1), (1, 0)):
        goals, goals_against = match.goals[own], match.goals[other]
        team = match.teams[own]
        yield {
            "player": team_id(team),
            "displayName": team,
            "score": 3 if goals > goals_against else 1 if goals == goals_against else 0,
            "columns": {"goalDifference": goals - goals_against, "goalsFor": goals},
            "idempotencyKey": f"{match.date} {team_id(match.teams[0])} {team_id(match.teams[1])} {own}"[:128],
        }


def team_id(name: str) -> str:
    """A player id from a team's name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:64] or "team"


def _match(match: dict[str, Any]) -> Match:
    goals = _goals(match)
    assert goals is not None
    return Match(
        date=str(match["date"]),
        time=str(match.get("time", "")),
        round=str(match.get("round", "")),
        teams=(str(match["team1"]), str(match["team2"])),
        goals=goals,
    )


def _goals(match: dict[str, Any]) -> tuple[int, int] | None:
    score = match.get("score")
    if isinstance(score, dict):
        score = score.get("ft")
    return None if not score else (int(score[0]), int(score[1]))
