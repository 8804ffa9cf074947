"""The glossary has one entry for each word."""

from __future__ import annotations

import re
from collections import Counter

from tests.docs import pages

ENTRY = re.compile(r"^\| \*\*([^*]+)\*\* \|", re.MULTILINE)


def test_every_word_has_one_entry():
    words = Counter(ENTRY.findall(pages.text("docs/glossary.md")))

    assert words
    assert [word for word, entries in words.items() if entries > 1] == []
