"""Patterns of texts, each described in words: an error says what is allowed, not a regular expression."""

from __future__ import annotations

from typing import Any

from msgspec import Meta

UNDESCRIBED = "has characters that are not allowed here, or too many characters"
_words: dict[str, str] = {}


def pattern(expression: str, words: str, **more: Any) -> Meta:
    """A pattern that a text must match. `words` complete "must be …"; `more` goes to msgspec's Meta."""
    _words[repr(expression)] = words
    return Meta(pattern=expression, **more)


def in_words(message: str) -> str:
    """A message of msgspec, in which a pattern is replaced by its words."""
    _, quotes, expression = message.partition(" matching regex ")
    if not quotes:
        return message
    words = _words.get(expression)
    return f"must be {words}" if words else UNDESCRIBED
