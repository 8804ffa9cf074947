"""Runs commands of the packaged product."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(words: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command in a folder. Returns its output; fails with its errors."""
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
