"""Running the packaged product's commands."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def printed(words: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> str:
    """The output of a command that is run in a folder. Fails with its errors if it does."""
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
