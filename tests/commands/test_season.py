"""A football season: its matches, and the points for each."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from scoreboard.commands.season import SeasonError, entries, matches, team_id
from scoreboard.core.ids import PLAYER_ID
from tests.support import ROOT

FOLDER = ROOT / "examples" / "football"
SEASONS = {
    "2011-12-en.1": ("Manchester City", 89, 64, 380),
    "2023-24-de.1": ("Bayer 04 Leverkusen", 90, 65, 306),
}


def season(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def table_from_entries(season_matches):
    """Points, goal difference and goals of each team, summed from entries."""
    table = {}
    for match in season_matches:
        for entry in entries(match):
            row = table.setdefault(entry["displayName"], Counter())
            row.update(points=entry["score"], **entry["columns"])
    return {team: (row["points"], row["goalDifference"], row["goalsFor"]) for team, row in table.items()}


def table_from_results(data):
    """The same table, computed directly from the results."""
    table = {}
    for match in data["matches"]:
        home, away = match["score"]["ft"]
        for team, own, other in ((match["team1"], home, away), (match["team2"], away, home)):
            points, difference, goals = table.get(team, (0, 0, 0))
            gain = 3 * (own > other) + (own == other)
            table[team] = (points + gain, difference + own - other, goals + own)
    return table


@pytest.mark.parametrize("name", SEASONS)
def test_entries_add_up_to_the_seasons_table(name):
    champion, points, difference, count = SEASONS[name]
    data = season(name)
    found = matches(data)

    table = table_from_entries(found)

    assert len(found) == count
    assert table == table_from_results(data)
    best = max(table, key=lambda team: table[team])
    assert (best, *table[best][:2]) == (champion, points, difference)


@pytest.mark.parametrize("name", SEASONS)
def test_matches_are_in_the_order_of_their_kick_offs(name):
    found = [(match.date, match.time) for match in matches(season(name))]

    assert found == sorted(found)


@pytest.mark.parametrize("name", SEASONS)
def test_every_entry_has_its_own_key_and_valid_ids(name):
    found = [entry for match in matches(season(name)) for entry in entries(match)]

    assert len({entry["idempotencyKey"] for entry in found}) == len(found)
    assert all(re.match(PLAYER_ID, entry["player"]) for entry in found)
    assert len({entry["player"] for entry in found}) == len({entry["displayName"] for entry in found})


@pytest.mark.parametrize("score", [{"ft": [2, 1]}, {"ht": [0, 0], "ft": [2, 1]}, [2, 1]])
def test_a_score_may_be_a_bare_pair(score):
    match = {"date": "2024-05-18", "team1": "Home", "team2": "Away", "score": score}

    (found,) = matches({"matches": [match]})

    assert found.goals == (2, 1)
    assert [entry["score"] for entry in entries(found)] == [3, 0]


@pytest.mark.parametrize("score", [None, {}, {"ht": [1, 0]}, []])
def test_a_match_that_was_not_played_is_left_out(score):
    match = {"date": "2024-05-18", "team1": "Home", "team2": "Away", "score": score}

    assert matches({"matches": [match]}) == []


def test_a_draw_is_worth_a_point_to_both():
    match = {"date": "2024-05-18", "team1": "Home", "team2": "Away", "score": [1, 1]}
    (found,) = matches({"matches": [match]})

    assert [(entry["score"], entry["columns"]) for entry in entries(found)] == [
        (1, {"goalDifference": 0, "goalsFor": 1})
    ] * 2


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"matches": 3},
        {"matches": [3]},
        {"matches": [{"score": [1, 0]}]},
        {"matches": [{"date": "d", "team1": "a", "team2": "b", "score": ["x", "y"]}]},
        {"matches": [{"date": "d", "team1": "a", "team2": "b", "score": [1]}]},
    ],
)
def test_a_file_that_is_not_a_season_is_refused(data):
    with pytest.raises(SeasonError):
        matches(data)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("FC Bayern München", "FC-Bayern-Munchen"),
        ("1. FC Köln", "1-FC-Koln"),
        ("北京", "team"),
        ("--", "team"),
    ],
)
def test_the_id_of_a_team_is_made_of_its_name(name, id):
    assert team_id(name) == id
