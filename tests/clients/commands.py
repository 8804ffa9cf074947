"""Commands of the product, as who runs it gives them beside the running server."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support import ROOT, Stack


def run(stack: Stack, *words: str) -> None:
    """`python -m scoreboard …` with the environment of a stack."""
    environment = os.environ | {
        "DATA_DIR": str(stack.data_dir),
        "SECRET_KEY": (stack.data_dir / "secret.key").read_text().strip(),
    }
    command = [sys.executable, "-m", "scoreboard", *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
