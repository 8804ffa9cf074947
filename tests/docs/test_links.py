"""The links in the documentation lead to existing pages and anchors."""

from __future__ import annotations

import re

import pytest

from tests.docs import pages

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_links_between_files_resolve(page):
    broken = []
    for target in LINK.findall(pages.prose(page.read_text("utf-8"))):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in pages.anchors(file.read_text("utf-8"))):
            broken.append(target)

    assert broken == []


def test_every_page_can_be_reached_from_the_readme():
    readme = pages.text("README.md")

    assert [
        page for page in pages.PAGES if page.parent.name == "docs" and pages.name(page) not in readme
    ] == []
