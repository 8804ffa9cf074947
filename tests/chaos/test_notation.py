"""The notation of SCOREBOARD_CHAOS, and the permission to inject faults."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys

import pytest

from config.settings import Settings
from scoreboard.chaos.notation import Fault, Plan, parse
from scoreboard.chaos.permission import ChaosError, permitted_plan
from tests.support import ROOT, free_port


def test_every_part_has_the_probability_of_a_fault_and_its_duration():
    plan = parse("seed=7, kill=0.01,latency=0.2:10-500,database=.05:100-2000")

    assert plan == Plan(
        seed=7,
        kill=0.01,
        latency=Fault(probability=0.2, least_ms=10, most_ms=500),
        database=Fault(probability=0.05, least_ms=100, most_ms=2000),
    )
    assert parse(str(plan)) == plan


def test_a_fault_that_is_left_out_does_not_happen_and_a_duration_has_a_default():
    assert str(parse("kill=1")) == "kill=1,latency=0:0-500,database=0:0-1000"
    assert (
        str(parse("seed=0,latency=0.5,database=1.0")) == "seed=0,kill=0,latency=0.5:0-500,database=1:0-1000"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("on", "unknown part 'on', must be one of seed, kill, latency, database"),
        ("delay=0.1", "unknown part 'delay'"),
        ("kill=0.1,", "unknown part ''"),
        ("kill=0.1,kill=0.2", "kill is given twice"),
        ("kill", "kill must be a probability from 0 to 1, as 0.01, not ''"),
        ("kill=1.5", "not '1.5'"),
        ("kill=-0.1", "not '-0.1'"),
        ("kill=nan", "not 'nan'"),
        ("kill=1%", "not '1%'"),
        ("kill=0.1:5", "not '0.1:5'"),
        ("seed=x", "seed must be a whole number, not 'x'"),
        ("latency=2", "latency must be a probability"),
        ("latency=0.1:", "latency must have a range of milliseconds, as latency=0.2:0-500, not ''"),
        ("latency=0.1:500", "not '500'"),
        ("latency=0.1:9-5", "from less to more milliseconds, not '9-5'"),
        ("latency=0.1:0-0", "from less to more milliseconds"),
        ("database=0.1:1s-2s", "database must have a range of milliseconds"),
    ],
)
def test_any_other_text_is_refused_at_the_start(laptop, text, words):
    with pytest.raises(ChaosError, match="SCOREBOARD_CHAOS: ") as raised:
        permitted_plan(Settings(**laptop | {"chaos": text}))

    assert words in str(raised.value)


@pytest.fixture
def laptop(tmp_path):
    """The settings of a server under `serve`, which only this machine can reach."""
    with (tmp_path / "serve.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield {"data_dir": tmp_path, "host": "127.0.0.1", "chaos": "kill=0.1"}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_laptop_may_have_chaos(laptop, host):
    assert permitted_plan(Settings(**laptop | {"host": host})) == parse("kill=0.1")
    assert permitted_plan(Settings(**laptop | {"chaos": ""})) is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"host": "0.0.0.0"}, "other machines can reach HOST=0.0.0.0: set HOST=127.0.0.1"),
        ({"host": "scores.example"}, "other machines can reach HOST=scores.example"),
        ({"trusted_proxy_hops": 1}, "TRUSTED_PROXY_HOPS=1 means that others come"),
    ],
)
def test_chaos_is_refused_if_other_machines_can_connect(laptop, more, words):
    with pytest.raises(ChaosError, match="not for production: " + words):
        permitted_plan(Settings(**laptop | more))


def test_chaos_is_refused_without_serve(tmp_path):
    (tmp_path / "serve.lock").touch()  # of a server that ended

    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ChaosError, match="under `python -m scoreboard serve`"):
            permitted_plan(Settings(host="127.0.0.1", data_dir=folder, chaos="kill=0.1"))


@pytest.mark.parametrize(
    ("words", "host", "why"),
    [
        (
            ["gunicorn", "--config", "config/gunicorn.py", "wsgi:app"],
            "127.0.0.1",
            "`python -m scoreboard serve`",
        ),
        (["scoreboard", "serve"], "0.0.0.0", "other machines can reach HOST=0.0.0.0"),
    ],
)
def test_a_refused_start_ends_with_the_reason(tmp_path, words, host, why):
    environment = {
        "HOST": host,
        "PORT": str(free_port()),
        "DATA_DIR": str(tmp_path),
        "SCOREBOARD_CHAOS": "kill=0.1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "SCOREBOARD_CHAOS is for development, not for production: " in last
    assert why in last
