"""Runs commands of the product beside the running server, as an administrator does."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support import ROOT, Stack


def run(stack: Stack, *words: str) -> None:
    """Run `python -m scoreboard …` with the environment of a stack."""
    environment = os.environ | {
        "DATA_DIR": str(stack.data_dir),
        "SECRET_KEY": (stack.data_dir / "secret.key").read_text().strip(),
    }
    command = [sys.executable, "-m", "scoreboard", *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
