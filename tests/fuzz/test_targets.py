"""The parsers of what strangers send, before every known input and many that are near them."""

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
    with targets(tmp_path_factory.mktemp("fuzz")) as found:
        yield found


def inputs(name):
    """Whatever, and seeds: pieces of them put together, with some bytes between."""
    known = [path.read_bytes() for path in sorted((SEEDS / name).iterdir())]
    piece = st.sampled_from(known).flatmap(
        lambda seed: st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed))).map(
            lambda ends: seed[min(ends) : max(ends)]
        )
    )
    return st.binary(max_size=200) | st.lists(piece | st.binary(max_size=4), max_size=6).map(b"".join)


def test_every_target_has_seeds(all_targets):
    assert sorted(all_targets) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_nothing_breaks_it(name, all_targets):
    target = all_targets[name]
    for seed in (SEEDS / name).iterdir():
        target(seed.read_bytes())

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(inputs(name))
    def holds(data):
        target(data)

    holds()


def test_atheris_finds_its_way_into_a_target():
    pytest.importorskip("atheris", reason="atheris is there for Linux on x86-64 only")
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
