"""Pages look as they did when their screenshots were stored.

`make pages-screenshots` stores them again, after a change that is meant: look at each one that differs.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.matrix import pictures
from tests.browser.matrix.pages import screenshot_cases
from tests.support import ROOT

STORED = Path(__file__).parent / "stored"
OUTPUT = ROOT / "tests" / "output" / "screenshots"
CASES = screenshot_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_looks_as_before(screen, case):
    page = screen.show(case)
    seen = pictures.take(page, case)
    path = STORED / f"{case.name}.png"
    if os.environ.get("STORE_SCREENSHOTS"):
        pictures.store(seen, path)

    stored = pictures.load(path)
    different = pictures.difference(stored, seen)
    if different:
        keep_for_review(case.name, stored, seen)
    assert different == "", f"see {OUTPUT}"


def keep_for_review(name, stored, seen):
    """Write the picture, and the same with red cells where it differs."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    seen.save(OUTPUT / f"{name}.png")
    if stored.size == seen.size:
        pictures.marked(seen, pictures.differing_cells(stored, seen)).save(OUTPUT / f"{name}.marked.png")


def test_there_is_no_picture_of_another_case():
    assert {path.stem for path in STORED.glob("*.png")} == {case.name for case in CASES}
