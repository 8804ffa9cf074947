"""All fuzzing, as `make fuzz` runs it: parsers, the state machine and the API share the time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.support import ROOT

SECONDS = int(os.environ.get("FUZZ_SECONDS") or 780)
STARTING = 6  # seconds in which a fuzzer starts, beside its own time
TARGETS = sorted(path.name for path in (Path(__file__).parent / "seeds").iterdir())
SHARES = {"parsers": 0.35, "state machine": 0.25, "moderation": 0.15, "API": 0.25}


def main() -> int:
    """Fuzz. Returns the exit status, 1 if something was found."""
    began, bad = time.monotonic(), []
    for name, run in (
        ("parsers", parsers),
        ("state machine", machine),
        ("moderation", moderation),
        ("API", api),
    ):
        print(f"\n{name}: {SECONDS * SHARES[name]:.0f} s", flush=True)
        if not run(SECONDS * SHARES[name]):
            bad.append(name)
    result = f"Found something: {', '.join(bad)}." if bad else "Nothing found."
    print(f"\n{time.monotonic() - began:.0f} s. {result}")
    return int(bool(bad))


def parsers(seconds: float) -> bool:
    """Run atheris on all parsers. Returns True if it finds nothing."""
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("left out: atheris exists for Linux on x86-64 only")
        return True
    each = max(1, round(seconds / len(TARGETS)) - STARTING)
    results = [_parser(name, each) for name in TARGETS]  # all of them, also after a failure
    return all(results)


def _parser(name: str, seconds: int) -> bool:
    command = [sys.executable, "-m", "tests.fuzz.one", name, str(seconds)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    lines = done.stderr.strip().splitlines() or [""]
    if done.returncode == 0:
        print(f"  {name:<16}{lines[-1]}", flush=True)
    else:
        last = "\n".join(lines[-10:])
        print(f"  {name:<16}ended with {done.returncode}\n{done.stdout[-5000:]}\n{last}", flush=True)
    return done.returncode == 0


def machine(seconds: float) -> bool:
    """Compare the product with its model, under random faults. Returns True if they agree."""
    return _tests("tests/fuzz/test_machine.py", seconds)


def moderation(seconds: float) -> bool:
    """Compare boards with their model, under random decisions. Returns True if they agree."""
    return _tests("tests/moderation/test_machine.py", seconds)


def api(seconds: float) -> bool:
    """Compare the API with its description. Returns True if they agree."""
    return _tests("tests/reference/test_schemathesis.py", seconds)


def _tests(path: str, seconds: float) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=1800", path]
    environment = os.environ | {"FUZZ_SECONDS": str(round(seconds))}
    return subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
