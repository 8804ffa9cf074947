"""Nothing grows in five minutes of constant load."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support import ROOT


@pytest.mark.alone
def test_nothing_grows(long, on_disk):
    if not long:
        pytest.skip("it takes five minutes: FAULTS=long runs it")

    done = subprocess.run(
        [sys.executable, "-m", "tests.load.soak"],
        cwd=ROOT,
        env=os.environ | {"MINUTES": "5", "OUTPUT": str(on_disk)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
