"""The pages of the documentation, as tests read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("clients/*/README.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def name(page: Path) -> str:
    """A page's path from the root of the repository."""
    return str(page.relative_to(ROOT))


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def blocks(page: str, *languages: str) -> Iterator[tuple[str, str]]:
    """Language and text of the fenced blocks in these languages."""
    for language, block in FENCE.findall(page):
        if language in languages:
            yield language, block


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page)


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub derives them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {heading.strip().replace(" ", "-") for heading in plain}
