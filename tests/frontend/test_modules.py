"""The browser's modules: their own tests, and comparisons with the server's code."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from scoreboard.boards.types import Definition
from scoreboard.pages import numbers, view
from scoreboard.pages.dates import period_text
from scoreboard.pages.messages import LANGUAGES
from scoreboard.stream.protocol.diff import checksum
from tests.lists import TIES, delta, random_lines, rank_lines, snapshot

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def cases(node, tmp_path_factory):
    """Random lists, numbers and names, and the results of the browser's modules for them."""
    chance = random.Random(8)
    lists = [(random_lines(chance), random_lines(chance)) for _ in range(300)]
    sent = {
        "boards": [{"snapshot": snapshot(old), "delta": delta(old, new), "ties": TIES} for old, new in lists],
        "numbers": [
            (chance.choice([-1, 1]) * chance.randrange(10 ** chance.randrange(1, 16)), chance.randrange(5))
            for _ in range(300)
        ],
        "languages": list(LANGUAGES),
        "periods": [
            *(f"2026-{month:02}-{month * 2:02}" for month in range(1, 13)),
            *(f"2026-{month:02}" for month in range(1, 13)),
            *("2026-W49", "2026-W01", "2026-W53", "2025-W01", "2020-W53", "2025-11-30", "2024-02"),
            *("20261130T1200Z", "20240229T0005Z"),
        ],
        "names": ["score", "goalDifference", "goals_for", "bestOf3Rounds", "URL", "x", "__"],
    }
    file = tmp_path_factory.mktemp("cases") / "cases.json"
    file.write_text(json.dumps(sent))
    done = subprocess.run(
        [node, HERE / "apply-cases.js", file], check=True, capture_output=True, text=True, timeout=60
    )
    return lists, sent, json.loads(done.stdout)


def test_the_modules_pass_their_own_tests(node):
    done = subprocess.run(
        [node, "--test", *sorted(HERE.glob("*.test.js"))],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_browser_makes_the_same_list_of_a_delta(cases):
    lists, _, got = cases

    for (_, new), board in zip(lists, got["boards"], strict=True):
        assert board["lost"] == ""
        assert [(one["id"], one["n"], one["s"], tuple(one["c"]), one.get("m")) for one in board["lines"]] == [
            (line.id, line.n, line.s, line.c, line.m) for line in new
        ]
        assert board["crc"] == checksum(new)


def test_the_browser_ranks_as_the_tie_rules_say(cases):
    lists, _, got = cases

    for (_, new), board in zip(lists, got["boards"], strict=True):
        assert board["ranks"] == [rank_lines(new, ties) for ties in TIES]


def test_the_browser_writes_headings_as_the_server_does(cases):
    _, sent, got = cases

    assert got["names"] == [view.heading(name) for name in sent["names"]]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_browser_writes_numbers_and_periods_as_the_server_does(cases, language):
    _, sent, got = cases
    style = numbers.STYLES[language]

    assert got["numbers"][language] == [numbers.digits(*one, style) for one in sent["numbers"]]
    assert got["clocks"][language] == [
        numbers.scored(value, Definition(decimals=decimals, unit="s"), style)
        for value, decimals in sent["numbers"]
    ]
    assert got["sentences"][language] == [numbers.number_text(value, style) for value, _ in sent["numbers"]]
    assert got["periods"][language] == [period_text(id, language, this_year=2026) for id in sent["periods"]]
