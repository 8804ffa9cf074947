"""Patterns of texts, each with a description, so that an error says in words what is allowed."""

from __future__ import annotations

from typing import Any

from msgspec import Meta

UNDESCRIBED = "has characters that are not allowed here, or too many characters"
_words: dict[str, str] = {}


def pattern(expression: str, words: str, **more: Any) -> Meta:
    """Declare a pattern that a text must match.

    `words` complete the error message "must be …". `more` are further arguments of msgspec's Meta.
    """
    _words[repr(expression)] = words
    return Meta(pattern=expression, **more)


def in_words(message: str) -> str:
    """A message of msgspec with the words of a pattern in place of its regular expression."""
    _, quotes, expression = message.partition(" matching regex ")
    if not quotes:
        return message
    words = _words.get(expression)
    return f"must be {words}" if words else UNDESCRIBED
