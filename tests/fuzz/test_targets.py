"""The parsers of untrusted input, with all known inputs and many similar ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import targets
from tests.support import ROOT

SEEDS = Path(__file__).parent / "seeds"
NAMES = sorted(path.name for path in SEEDS.iterdir())
EXAMPLES = 150


@pytest.fixture(scope="module")
def all_targets(tmp_path_factory):
    with targets(tmp_path_factory.mktemp("fuzz")) as all_of_them:
        yield all_of_them


def inputs(name):
    """Random bytes, and pieces of seeds with some bytes between."""
    seeds = [path.read_bytes() for path in sorted((SEEDS / name).iterdir())]
    piece = st.sampled_from(seeds).flatmap(
        lambda seed: st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed))).map(
            lambda ends: seed[min(ends) : max(ends)]
        )
    )
    return st.binary(max_size=200) | st.lists(piece | st.binary(max_size=4), max_size=6).map(b"".join)


def test_every_target_has_seeds(all_targets):
    assert sorted(all_targets) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_input_breaks_a_target(name, all_targets):
    target = all_targets[name]
    for seed in (SEEDS / name).iterdir():
        target(seed.read_bytes())

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(inputs(name))
    def holds(data):
        target(data)

    holds()


def test_atheris_covers_a_target():
    pytest.importorskip("atheris", reason="atheris exists for Linux on x86-64 only")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.one", "stream-cursor", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done " in done.stderr
    assert "INITED cov: " in done.stderr
