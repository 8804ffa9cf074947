"""The length of fuzzing: some fixed examples in a test run, FUZZ_SECONDS of new ones in `make fuzz`."""

from __future__ import annotations

import os
import time
from typing import Any

from hypothesis import HealthCheck, Phase, settings

SECONDS = float(os.environ.get("FUZZ_SECONDS") or 0)
ROUND = 10  # examples after which the time is checked


def play(machine: Any, *, share: float, examples: int, steps: int = 25) -> None:
    """Run a state machine: fixed examples, or new ones for a share of FUZZ_SECONDS."""
    until = time.monotonic() + share * SECONDS
    common: dict[str, Any] = {
        "stateful_step_count": steps,
        "deadline": None,
        "database": None,
        "suppress_health_check": list(HealthCheck),
        "phases": [Phase.generate],  # shrinking a real server takes minutes
    }
    if not SECONDS:
        machine.TestCase.settings = settings(max_examples=examples, derandomize=True, **common)
        machine.TestCase("runTest").runTest()
        return
    machine.TestCase.settings = settings(max_examples=ROUND, **common)
    while time.monotonic() < until:
        machine.TestCase("runTest").runTest()
