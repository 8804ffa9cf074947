"""`make check`: runs the fast tests of what was changed since a branch, or names them with `--list`.

Fast are tests that start no product and no browser, on SQLite. Those of the architecture always run.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.support import ROOT

ALWAYS = "tests/architecture"


def features(root: Path) -> dict[str, str]:
    """The packages of scoreboard/, each with the folder of its tests, which has the same name."""
    names = (path.parent.name for path in sorted(root.glob("scoreboard/*/__init__.py")))
    return {f"scoreboard/{name}": f"tests/{name}" for name in names if (root / "tests" / name).is_dir()}


AREAS = features(ROOT) | {
    "scoreboard/chaos": "tests/chaos/test_notation.py",  # others in this folder start a product
    "scoreboard/reference": "tests/reference/test_document.py",
    "worker": "tests/worker",
    "config": "tests/commands/test_settings.py",
    "docs": "tests/docs/test_links.py",
    "frontend": "tests/frontend",
    "clients/javascript": "tests/frontend",
    "clients/python": "tests/clients/test_python.py",
    "supply": "tests/supply",
}
OPTIONS = ("-q", "-n", "2", "-m", "not alone and not paired", "-k", "not postgresql")


def main(words: list[str]) -> int:
    """Run them, against the branch that is named. Returns pytest's exit status."""
    since, listed = next(iter(set(words) - {"--list"}), "main"), "--list" in words
    paths = tests_of(changed(since))
    print(*paths, sep="\n")
    if listed:
        return 0
    return subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *paths], cwd=ROOT, check=False
    ).returncode


def changed(since: str) -> list[str]:
    """The files that differ from where this branch left another one, with those that git does not know."""
    left = _git("merge-base", since, "HEAD") or ["HEAD"]
    return [*_git("diff", "--name-only", left[0]), *_git("ls-files", "--others", "--exclude-standard")]


def tests_of(files: Iterable[str]) -> list[str]:
    """The fast tests of these files, as pytest takes them."""
    found = {ALWAYS}
    for file in files:
        found |= {tests for area, tests in AREAS.items() if file.startswith((f"{area}/", f"{tests}/"))}
    return sorted(found)


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
