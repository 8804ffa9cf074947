"""Pages are wrapped at one width, so that a change of a sentence is a small difference."""

from __future__ import annotations

import pytest

from tests.docs import pages

WIDTH = 120
UNBROKEN = ("|", "#", "<", "!", "[")  # tables, headings, HTML, images and single links stay on one line
WRAPPED = [page for page in pages.PAGES if page.name != "CHANGELOG.md"]


@pytest.mark.parametrize("page", WRAPPED, ids=pages.name)
def test_no_line_of_prose_is_too_wide(page):
    lines = pages.prose(page.read_text("utf-8")).splitlines()

    assert [line for line in lines if len(line) > WIDTH and not line.lstrip().startswith(UNBROKEN)] == []
