"""Other people's scripts: exactly those that were fetched, under licences that allow it."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.support import ROOT

FOLDER = ROOT / "frontend" / "vendor"
VENDORED = json.loads((FOLDER / "VENDOR.json").read_text("utf-8"))
ALLOWED = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}


@pytest.mark.parametrize("folder", VENDORED)
def test_files_are_those_that_were_fetched(folder):
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FOLDER / folder).iterdir()}

    assert sums == VENDORED[folder]["files"]


@pytest.mark.parametrize("folder", VENDORED)
def test_the_licence_allows_it_and_lies_beside(folder):
    assert VENDORED[folder]["licence"] in ALLOWED
    assert "LICENSE" in VENDORED[folder]["files"]


@pytest.mark.parametrize("folder", VENDORED)
def test_the_version_is_the_locked_one(folder):
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text("utf-8"))["packages"]
    found = locked[f"node_modules/{VENDORED[folder]['name']}"]

    assert (found["version"], found["integrity"]) == (
        VENDORED[folder]["version"],
        VENDORED[folder]["integrity"],
    )


def test_nothing_else_lies_there():
    assert {path.name for path in FOLDER.iterdir()} == {*VENDORED, "VENDOR.json"}


def test_the_lock_file_names_no_host():
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text("utf-8")
