"""Query parameters of pages. Bad values become defaults: shared addresses carry all kinds of values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

WORD = re.compile(r"^[a-z]{1,20}\Z")
MAX_WORDS = 20


def number(args: Mapping[str, str], name: str, otherwise: int, *, least: int, most: int) -> int:
    """A whole number, moved into bounds; `otherwise` for anything that is no number."""
    text = args.get(name, "")
    return min(most, max(least, int(text))) if re.match(r"^[0-9]{1,15}\Z", text) else otherwise


def one_of(args: Mapping[str, str], name: str, words: Sequence[str]) -> str:
    """One of some words; the first one for any other value."""
    return args.get(name, "") if args.get(name) in words else words[0]


def words(args: Mapping[str, str], name: str) -> list[str]:
    """Words between spaces or commas."""
    found = re.split(r"[\s,]+", args.get(name, ""))[:MAX_WORDS]
    return [word for word in found if WORD.match(word)]
