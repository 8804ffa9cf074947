"""`make check`: runs the fast tests of what was changed since a branch, or names them with `--list`.

The fast tests are those that start no product and no browser, on SQLite. The architecture tests always run.
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
    """Run the tests of the changes since the named branch. Returns pytest's exit status."""
    since, list_only = next(iter(set(words) - {"--list"}), "main"), "--list" in words
    paths = tests_of(changed_files(since))
    print(*paths, sep="\n")
    if list_only:
        return 0
    return subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *paths], cwd=ROOT, check=False
    ).returncode


def changed_files(since: str) -> list[str]:
    """The files that were changed since this branch left another one, and files that git does not track."""
    base = _git("merge-base", since, "HEAD") or ["HEAD"]
    return [*_git("diff", "--name-only", base[0]), *_git("ls-files", "--others", "--exclude-standard")]


def tests_of(files: Iterable[str]) -> list[str]:
    """The fast tests of these files, as arguments of pytest."""
    paths = {ALWAYS}
    for file in files:
        paths |= {tests for area, tests in AREAS.items() if file.startswith((f"{area}/", f"{tests}/"))}
    return sorted(paths)


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
