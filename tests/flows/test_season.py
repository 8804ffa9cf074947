"""A real season, played through the API by the command that users run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import KEY, ROOT, Stack, wait_until

FILES = ROOT / "examples" / "football"
SEASONS = {"2011-12-en.1.json": (380, 20), "2023-24-de.1.json": (306, 18)}


def table(path: Path) -> list[tuple[str, int, int, int]]:
    """The final table of a season, computed from its file."""
    totals: dict[str, list[int]] = {}
    for match in json.loads(path.read_text())["matches"]:
        home, away = match["score"]["ft"]
        for team, own, other in ((match["team1"], home, away), (match["team2"], away, home)):
            row = totals.setdefault(team, [0, 0, 0])
            row[0] += 3 if own > other else own == other
            row[1] += own - other
            row[2] += own
    return sorted(((team, *row) for team, row in totals.items()), key=lambda row: row[1:], reverse=True)


def replay(path: Path, url: str) -> str:
    """Play a season in a process of its own, as users do: a command changes the levels of loggers."""
    command = [
        sys.executable,
        "-m",
        "scoreboard",
        "replay",
        str(path),
        "--speed",
        "0",
        "--url",
        url,
        "--key",
        KEY,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300).stdout


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def stack(request, tmp_path_factory):
    environment = {"WEB_CONCURRENCY": "2"}
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        environment["DATABASE_URL"] = postgres.create("season")
    stack = Stack(tmp_path_factory.mktemp("season"), environment)
    stack.start()
    yield stack
    stack.end()
    if request.param == "postgresql":
        postgres.drop("season")


@pytest.mark.parametrize("name", SEASONS)
def test_a_season_ends_with_its_real_table(stack, name):
    matches, teams = SEASONS[name]
    board = name.split(".json")[0].replace(".", "-")

    for _ in range(2):  # the second time changes nothing
        output = replay(FILES / name, stack.url)
    data = stack.call("GET", f"/v1/boards/{board}/entries?limit=100").json["data"]

    rows = [
        (
            row["player"]["displayName"],
            row["score"],
            row["columns"]["goalDifference"],
            row["columns"]["goalsFor"],
        )
        for row in data["entries"]
    ]
    expected = table(FILES / name)
    assert len(rows) == teams
    assert [row[1:] for row in rows] == [row[1:] for row in expected]
    assert sorted(rows) == sorted(expected)
    assert [row["rank"] for row in data["entries"]] == list(range(1, teams + 1))
    if matches == 380:
        assert rows[0][:2] == ("Manchester City", 89)
        assert rows[1][:2] == ("Manchester United", 89)
    assert "counted before" in output


def test_the_followers_have_seen_every_fact(stack):
    def behind():
        checks = stack.call("GET", "/readyz").json["checks"]
        return [checks[f"follower:{name}"].get("behind") for name in ("boards", "audit")]

    wait_until(lambda: behind() == [0, 0], seconds=30, why=lambda: f"{behind()} {stack.log()}")
