"""The rules of a soak find what grows, and pass over noise; a short soak runs and writes its files."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from math import sin
from pathlib import Path
from random import Random

import pytest

from tests.load.soak import report, samples
from tests.load.soak.__main__ import finish, seconds_of
from tests.load.soak.rules import MB, verdicts
from tests.load.soak.samples import PROCESSES, Sample
from tests.load.soak.trends import agreement, slope
from tests.support import ROOT

COUNT = 120


def steady(count: int = COUNT) -> list[Sample]:
    """Samples of a server that does not change, on a noisy machine."""
    random = Random(5)
    return [
        Sample(
            at=15.0 * number,
            answers=1500,
            p50_ms=5.0,
            p99_ms=40 * random.lognormvariate(0, 0.6),
            refused=0,
            viewers=200,
            facts=40_000 + 4000 * number,
            lag=random.choice([0, 10, 80, 400]),
            memory={name: round((100 + random.random()) * MB) for name in PROCESSES},
            descriptors={name: 240 + random.randrange(12) for name in PROCESSES},
            database_bytes=40 * 2**20 + 900 * 4000 * number + random.randrange(2**20),
            redis_bytes=16 * 2**20 + 40 * 4000 * number + random.randrange(2**16),
        )
        for number in range(count)
    ]


def broken(found: list[Sample]) -> list[str]:
    """The names of the rules that do not hold."""
    return [one.text.partition(":")[0] for one in verdicts(found) if not one.holds]


def changed(field: str, by: float, process: str = "") -> list[Sample]:
    """Steady samples, in one field of which a growth was added: `by` over the whole soak."""
    found = []
    for number, one in enumerate(steady()):
        old, more = getattr(one, field), by * number / COUNT
        new = old | {process: old[process] + round(more)} if process else type(old)(old + more)
        found.append(replace(one, **{field: new}))
    return found


def test_noise_is_no_growth():
    assert broken(steady()) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("p99 of all answers", changed("p99_ms", 60)),
        ("memory, web", changed("memory", 15 * MB, "web")),
        ("memory, worker", changed("memory", 15 * MB, "worker")),
        ("descriptors, web", changed("descriptors", 30, "web")),
        ("descriptors, worker", changed("descriptors", 30, "worker")),
        ("descriptors, Redis", changed("descriptors", 30, "Redis")),
        ("follower lag", changed("lag", 900)),
    ],
)
def test_a_growth_is_found(name, found):
    assert broken(found) == [name]


@pytest.mark.parametrize(
    "found",
    [
        changed("p99_ms", 15),
        changed("memory", 5 * MB, "web"),
        changed("memory", 500 * MB, "Redis"),
        changed("descriptors", 6, "web"),
        changed("lag", 100),
        changed("lag", -300),
        changed("p99_ms", -20),
    ],
)
def test_what_grows_little_or_falls_is_not_a_growth(found):
    assert broken(found) == []


@pytest.mark.parametrize(("factor", "holds"), [(1.06, True), (1.3, False), (0.94, True), (0.7, False)])
@pytest.mark.parametrize(
    ("field", "name", "each"), [("database_bytes", "database", 900), ("redis_bytes", "Redis", 40)]
)
def test_facts_that_take_more_bytes_from_the_middle_on_are_found(field, name, each, factor, holds):
    found = steady()
    middle = len(found) * 5 // 8  # of what is measured after the warm-up
    for number in range(middle, len(found)):
        more = round((factor - 1) * each * 4000 * (number - middle))
        found[number] = replace(found[number], **{field: getattr(found[number], field) + more})

    assert broken(found) == ([] if holds else [f"bytes of a fact in {name}"])


def test_the_warm_up_may_grow():
    found = [
        replace(one, memory=one.memory | {"web": round(min(1, number / 25) * 100 * MB)})
        for number, one in enumerate(steady())
    ]

    assert broken(found) == []


def test_some_samples_may_be_far_off():
    found = [
        replace(one, p99_ms=20 * one.p99_ms) if number % 4 == 0 else one
        for number, one in enumerate(steady())
    ]

    assert broken(found) == []


def test_a_wave_is_no_growth():
    found = [replace(one, p99_ms=100 + 60 * sin(number / 6)) for number, one in enumerate(steady())]

    assert broken(found) == []


def test_too_few_samples_judge_nothing():
    (only,) = verdicts(steady(8))

    assert not only.holds
    assert "too few" in only.text


def test_a_slope_ignores_what_is_wrong():
    points = [(float(x), 3.0 * x) for x in range(20)]
    points[3], points[15] = (3.0, 9999.0), (15.0, -9999.0)

    assert slope(points) == 3
    assert agreement(points) > 0.6
    assert agreement([(float(x), 1.0) for x in range(9)]) == 0


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [({}, 1800), ({"MINUTES": "5"}, 300), ({"HOURS": "8"}, 28_800), ({"HOURS": ""}, 1800)],
)
def test_the_duration_is_chosen_by_the_environment(environment, seconds):
    assert seconds_of(environment) == seconds


def test_the_status_and_the_files_say_what_was_found(tmp_path, capsys):
    grown = changed("memory", 15 * MB, "web")

    assert finish("A good soak", steady(), tmp_path) == 0
    assert finish("A bad soak", grown, tmp_path) == 1

    assert samples.read(tmp_path / "soak.json") == grown
    assert "FAIL  memory, web" in capsys.readouterr().out
    page = (tmp_path / "soak.html").read_text()
    assert page.count('<li class="bad">memory, web') == 1
    assert page.count("<figure>") == len(report.figures(grown))
    assert "color-scheme: light dark" in page
    assert "http" not in page


def test_the_image_holds_all_plots(tmp_path):
    image = ET.fromstring(report.image("Soak <of> 30 minutes", steady()))

    texts = ["".join(one.itertext()) for one in image.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "Soak <of> 30 minutes"
    assert all(any(text.startswith(name) for text in texts) for name, _ in report.figures(steady()))


def test_a_short_soak_runs(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.soak"],
        cwd=ROOT,
        env=os.environ | {"MINUTES": "0.1", "OUTPUT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "too few to see a trend" in done.stdout
    (one,) = samples.read(tmp_path / "soak.json")
    assert one.answers > 50
    assert one.viewers == 200
    assert one.facts > 34_000
    assert all(one.memory[name] > MB and one.descriptors[name] > 5 for name in PROCESSES)
    assert one.descriptors["web"] > one.viewers
    assert one.database_bytes > 2**20 < one.redis_bytes
    assert one.p99_ms >= one.p50_ms > 0
