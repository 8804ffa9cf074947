"""`make generators`: generates clients of /openapi.json in six languages, and runs two linters on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import contract

NODE = Path(__file__).parent / "node"
LANGUAGES = ("python", "csharp", "java", "go", "kotlin", "typescript-fetch")


def main() -> int:
    """Run all. Returns the exit status, 1 if one of them found an error."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(contract.document()), encoding="utf-8")
        bad = [name for name, command in commands(document).items() if not succeeds(name, command)]
    print(f"Found errors: {', '.join(bad)}." if bad else "No errors.")
    return int(bool(bad))


def commands(document: Path) -> dict[str, list[str]]:
    """The commands by their names. No validation is skipped."""
    generator = str(Path(sys.executable).parent / "openapi-generator-cli")
    lines = {
        f"openapi-generator {language}": [
            *(generator, "generate", "-i", str(document), "-g", language),
            *("-o", str(document.parent / language)),
        ]
        for language in LANGUAGES
    }
    linters = NODE / "node_modules" / ".bin"
    ruleset = str(NODE / "spectral.yaml")
    lines["spectral"] = [str(linters / "spectral"), "lint", "--ruleset", ruleset, str(document)]
    lines["redocly"] = [str(linters / "redocly"), "lint", str(document)]
    return lines


def succeeds(name: str, command: list[str]) -> bool:
    """Run a tool. Returns True if it succeeded; prints its duration, and its output if it failed."""
    began = time.monotonic()
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(
        command, check=False, env=os.environ | quiet, cwd=NODE, capture_output=True, text=True, timeout=300
    )
    good = done.returncode == 0
    print(f"{name}: {'good' if good else 'BAD'}, {time.monotonic() - began:.0f} s", flush=True)
    if not good:
        print(done.stdout[-6000:], done.stderr[-2000:], flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
