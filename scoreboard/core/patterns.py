"""Patterns of texts, each with its words: an error tells people what is allowed, not a regular expression."""

from __future__ import annotations

from typing import Any

from msgspec import Meta

OTHERWISE = "has characters that are not allowed here, or too many"
_words: dict[str, str] = {}


def pattern(expression: str, words: str, **more: Any) -> Meta:
    """What a text must match; `words` complete "must be …". `more` is what a Meta takes."""
    _words[repr(expression)] = words
    return Meta(pattern=expression, **more)


def in_words(message: str) -> str:
    """What msgspec says of a text; where it quotes a pattern, that in words."""
    _, quotes, expression = message.partition(" matching regex ")
    if not quotes:
        return message
    words = _words.get(expression)
    return f"must be {words}" if words else OTHERWISE
