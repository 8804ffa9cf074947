"""python -m supply.sbom [FILE]: writes a list of all shipped packages, as CycloneDX JSON (SBOM)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "local.txt"  # what `make run` installs; a platform needs fewer
VENDOR = ROOT / "frontend" / "vendor"
FILE = "sbom.json"


def main() -> None:
    """Write the list to the named file, by default sbom.json."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else FILE)
    bom = bill()
    path.write_text(json.dumps(bom, indent=2) + "\n", "utf-8")
    print(f"{path}: {len(bom['components'])} components")  # noqa: T201


def bill() -> dict[str, Any]:
    """The bill of materials: packages of the lock file, then vendored files. Checked against the schema."""
    bom = packages()
    bom["components"] += vendored()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bom))
    if error is not None:
        raise ValueError(str(error))
    return bom


def packages() -> dict[str, Any]:
    """The Python packages, with their hashes in the lock file."""
    command = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "requirements",
        "--pyproject",
        str(ROOT / "pyproject.toml"),
    ]
    command += ["--sv", "1.6", "--of", "JSON", "--output-reproducible", "--no-validate", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    bom: dict[str, Any] = json.loads(done.stdout)
    for component in bom["components"]:
        del component["description"]  # the lines of the lock file, which repeat the other fields
    return bom


def vendored() -> list[dict[str, Any]]:
    """The vendored files of other projects, by package: fonts."""
    listed = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))
    return [package(folder, about) for folder, about in listed.items()]


def package(folder: str, about: dict[str, Any]) -> dict[str, Any]:
    """A vendored npm package as a component, and its files as parts of it."""
    url = f"pkg:npm/{about['name'].replace('@', '%40')}@{about['version']}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": about["name"],
        "version": about["version"],
        "purl": url,
        "licenses": [{"expression": about["licence"]}],
        "components": [
            file(f"frontend/vendor/{folder}/{name}", hash) for name, hash in about["files"].items()
        ],
    }


def file(path: str, sha256: str) -> dict[str, Any]:
    """A vendored file."""
    return {
        "type": "file",
        "bom-ref": path,
        "name": path,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }


if __name__ == "__main__":
    main()
