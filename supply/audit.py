"""python -m supply.audit: asks advisory services about every package in the lock files.

Ends with status 0 where nothing is known, 1 where something is, 3 where not all could be asked.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from supply.lock import FILES

ROOT = Path(__file__).parent.parent
PYTHON_LOCK = "requirements"
NPM_LOCKS = ("frontend", "tests/load/reference/node")
SECONDS = 120  # for one service to answer
KNOWN, NOT_ASKED = 1, 3


class Report(NamedTuple):
    """What is known against the packages of a lock file; None if nobody answered."""

    lock: str
    found: list[str] | None


def main() -> int:
    """Ask, print what is known, and return the status."""
    parser = argparse.ArgumentParser(prog="python -m supply.audit", description=__doc__)
    parser.add_argument("--osv-url", help="another service for Python packages that speaks OSV's protocol")
    parser.add_argument("--npm-registry", help="another registry that answers npm audit")
    args = parser.parse_args()
    reports = [python(args.osv_url), *(npm(folder, args.npm_registry) for folder in NPM_LOCKS)]
    for report in reports:
        print("\n".join(said(report)))  # noqa: T201
    unasked = [report.lock for report in reports if report.found is None]
    if unasked:
        print(f"NOT CHECKED, because no advisory service answered: {', '.join(unasked)}.", file=sys.stderr)  # noqa: T201
    return status(reports)


def status(reports: list[Report]) -> int:
    """The exit status: what is known matters more than what could not be asked."""
    if any(report.found for report in reports):
        return KNOWN
    return NOT_ASKED if any(report.found is None for report in reports) else 0


def said(report: Report) -> Iterator[str]:
    """A report in lines."""
    if report.found is None:
        yield f"{report.lock}: not checked"
    elif not report.found:
        yield f"{report.lock}: nothing is known"
    else:
        yield from (f"{report.lock}: {line}" for line in report.found)


def python(url: str | None) -> Report:
    """What is known against Python packages. pip-audit prints JSON only where it was answered."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += [word for name in FILES for word in ("-r", f"{PYTHON_LOCK}/{name}.txt")]
    command += ["-s", "osv", "-f", "json", "--desc", "off", "--progress-spinner", "off"]
    answer = printed([*command, *(["--osv-url", url] if url else [])], ROOT)
    if answer is None:
        return Report(PYTHON_LOCK, None)
    packages = answer["dependencies"]
    return Report(PYTHON_LOCK, [hole(one, known) for one in packages for known in one.get("vulns", ())])


def hole(package: dict[str, Any], known: dict[str, Any]) -> str:
    """Something that is known against a Python package."""
    fixed = ", ".join(known["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {known['id']}, fixed in {fixed}"


def npm(folder: str, registry: str | None) -> Report:
    """What is known against the packages of an npm lock file."""
    lock = f"{folder}/package-lock.json"
    if shutil.which("npm") is None:
        return Report(lock, None)
    command = ["npm", "audit", "--json", "--package-lock-only", "--fetch-retries=0"]
    answer = printed([*command, *([f"--registry={registry}"] if registry else [])], ROOT / folder)
    if answer is None or "vulnerabilities" not in answer:
        return Report(lock, None)
    return Report(lock, [f"{name}: {one['severity']}" for name, one in answer["vulnerabilities"].items()])


def printed(command: list[str], folder: Path) -> Any | None:
    """The JSON that a command prints, or None if it prints anything else."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


if __name__ == "__main__":
    sys.exit(main())
