"""python -m supply.audit: asks advisory services about every package in the lock files.

The exit status is 0 if no vulnerability is known, 1 if one is, 3 if not all packages could be checked.
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
SECONDS = 120  # to wait for a service
VULNERABLE, NOT_CHECKED = 1, 3


class Report(NamedTuple):
    """The known vulnerabilities of the packages of a lock file; None if no service answered."""

    lock: str
    vulnerabilities: list[str] | None


def main() -> int:
    """Check all lock files, print the reports, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m supply.audit", description=__doc__)
    parser.add_argument("--osv-url", help="another service for Python packages that speaks OSV's protocol")
    parser.add_argument("--npm-registry", help="another registry that answers npm audit")
    args = parser.parse_args()
    reports = [python(args.osv_url), *(npm(folder, args.npm_registry) for folder in NPM_LOCKS)]
    for report in reports:
        print("\n".join(lines_of(report)))  # noqa: T201
    unchecked = [report.lock for report in reports if report.vulnerabilities is None]
    if unchecked:
        print(f"NOT CHECKED, because no advisory service answered: {', '.join(unchecked)}.", file=sys.stderr)  # noqa: T201
    return status(reports)


def status(reports: list[Report]) -> int:
    """The exit status. A known vulnerability takes precedence over unchecked packages."""
    if any(report.vulnerabilities for report in reports):
        return VULNERABLE
    return NOT_CHECKED if any(report.vulnerabilities is None for report in reports) else 0


def lines_of(report: Report) -> Iterator[str]:
    """The lines that are printed for a report."""
    if report.vulnerabilities is None:
        yield f"{report.lock}: not checked"
    elif not report.vulnerabilities:
        yield f"{report.lock}: no known vulnerability"
    else:
        yield from (f"{report.lock}: {line}" for line in report.vulnerabilities)


def python(url: str | None) -> Report:
    """Check the Python packages. pip-audit prints JSON only if the service answered."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += [word for name in FILES for word in ("-r", f"{PYTHON_LOCK}/{name}.txt")]
    command += ["-s", "osv", "-f", "json", "--desc", "off", "--progress-spinner", "off"]
    answer = json_of([*command, *(["--osv-url", url] if url else [])], ROOT)
    if answer is None:
        return Report(PYTHON_LOCK, None)
    packages = answer["dependencies"]
    return Report(
        PYTHON_LOCK,
        [line_of(one, vulnerability) for one in packages for vulnerability in one.get("vulns", ())],
    )


def line_of(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    """The line for a vulnerability of a Python package."""
    fixed = ", ".join(vulnerability["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}"


def npm(folder: str, registry: str | None) -> Report:
    """Check the packages of an npm lock file."""
    lock = f"{folder}/package-lock.json"
    if shutil.which("npm") is None:
        return Report(lock, None)
    command = ["npm", "audit", "--json", "--package-lock-only", "--fetch-retries=0"]
    answer = json_of([*command, *([f"--registry={registry}"] if registry else [])], ROOT / folder)
    if answer is None or "vulnerabilities" not in answer:
        return Report(lock, None)
    return Report(lock, [f"{name}: {one['severity']}" for name, one in answer["vulnerabilities"].items()])


def json_of(command: list[str], folder: Path) -> Any | None:
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
