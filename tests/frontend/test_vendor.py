"""Other people's code is exactly what they published, under licences that we may pass on."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.support import ROOT

FRONTEND = ROOT / "frontend"
VENDOR = FRONTEND / "vendor"
LICENCES = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "OFL-1.1"}
PACKAGES = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_file_is_as_it_was_published(folder):
    listed = PACKAGES[folder]["files"]

    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / folder / name).read_bytes()).hexdigest() == digest, name
    assert files(VENDOR / folder) == set(listed)


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_licence_is_one_that_we_may_pass_on_and_lies_beside(folder):
    licences = PACKAGES[folder]["licence"].split(" AND ")
    assert set(licences) <= LICENCES
    assert "OFL-1.1" not in licences or "LICENSE_FONT" in PACKAGES[folder]["files"]
    assert any(name.startswith("LICENSE") for name in PACKAGES[folder]["files"])


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_package_is_the_one_that_is_locked(folder):
    package = PACKAGES[folder]
    locked = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))["dependencies"]

    entry = locked[f"node_modules/{package['name']}"]
    assert (entry["version"], entry["integrity"]) == (package["version"], package["integrity"])
    assert wanted[package["name"]] == package["version"]


def test_the_folder_has_no_unlisted_packages():
    assert {path.name for path in VENDOR.iterdir()} == {*PACKAGES, "VENDOR.json"}


def test_the_lock_names_no_host():
    assert "://" not in (FRONTEND / "package-lock.json").read_text("utf-8")


def test_the_documentation_lists_every_file_with_its_hash():
    listed = {
        f"| `{one['name']}` | {one['version']} | {one['licence']} | `{folder}/{name}` | `{digest}` |"
        for folder, one in PACKAGES.items()
        for name, digest in one["files"].items()
    }

    page = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## Vendored files")[2]

    assert {line for line in page.splitlines() if line.startswith("| `")} == listed
