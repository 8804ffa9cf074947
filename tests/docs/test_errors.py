"""docs/errors.md has a paragraph for every error code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoreboard.core import errors
from scoreboard.core.http.conventions import HTTP_CODES
from tests.docs import pages
from tests.support import ROOT

HEADING = re.compile(r"^### `([a-z_]+)`$", re.MULTILINE)
RAISED = re.compile(r"\bcode=\"([a-z_]+)\"")


def classes(base: type[errors.ScoreboardError]) -> Iterator[type[errors.ScoreboardError]]:
    yield base
    for subclass in base.__subclasses__():
        yield from classes(subclass)


def codes() -> set[str]:
    """All codes that the product can emit."""
    raised = {
        code
        for source in (ROOT / "scoreboard").rglob("*.py")
        for code in RAISED.findall(source.read_text("utf-8"))
    }
    return raised | {one.code for one in classes(errors.ScoreboardError)} | set(HTTP_CODES.values())


def test_every_code_has_its_paragraph():
    assert set(HEADING.findall(pages.text("docs/errors.md"))) == codes()


def test_paragraphs_are_in_the_order_of_the_alphabet():
    headings = HEADING.findall(pages.text("docs/errors.md"))

    assert headings == sorted(headings)
