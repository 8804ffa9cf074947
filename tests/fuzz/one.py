"""Fuzzes one parser with atheris, in a process of its own: python -m tests.fuzz.one TARGET SECONDS."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

from tests.support import ROOT

SEEDS = Path(__file__).parent / "seeds"
OUTPUT = ROOT / "tests" / "output" / "fuzz"
INSTRUMENTED = [
    "jwt",
    "scoreboard.accounts.accesstokens",
    "scoreboard.accounts.refreshtokens",
    "scoreboard.actions.tokens",
    "scoreboard.boards.cursors",
    "scoreboard.core.http.addresses",
    "scoreboard.core.http.bodies",
    "scoreboard.core.signing",
    "scoreboard.stream.publishing.edge",
    "scoreboard.stream.http.tickets",
    "scoreboard.stream.protocol.types",
    "werkzeug.middleware.proxy_fix",
]


def main(name: str, seconds: int) -> None:
    """Fuzz until the time is over; ends the process, with 0 where nothing was found."""
    atheris.enabled_hooks.add("str")  # the hook for patterns fails on those of bytes
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        from tests.fuzz.targets import targets

    found = OUTPUT / name
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, targets(Path(folder)) as all_targets:
        options = [
            f"-max_total_time={seconds}",
            "-timeout=10",
            f"-artifact_prefix={OUTPUT}/{name}-",
            "-close_fd_mask=0",
        ]
        atheris.Setup(["fuzz", *options, str(found), str(SEEDS / name)], all_targets[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
