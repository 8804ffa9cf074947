"""Which display names are allowed, and what keys look like. Pure."""

from __future__ import annotations

import hashlib
import unicodedata

import regex

from scoreboard.core.errors import Refused

SCOPES = ("scores:write", "boards:write", "players:write", "admin")
LONGEST_NAME = 32  # graphemes, what a reader counts as characters
MOST_CODE_POINTS = 256  # a grapheme may be made of many, without end

# Control, format (zero-width and bidirectional ones are among them), surrogates, private use,
# unassigned, line and paragraph separators, and whatever else shows nothing. The exceptions are a
# joiner inside an emoji, and what says whether it is shown in colour.
_BAD = regex.compile(r"(?![\uFE0E\uFE0F])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]")
_SEEN = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}]")
_JOINED = regex.compile(
    r"(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})"
)
_MARKS = regex.compile(r"\p{M}{4,}")


def display_name(text: str) -> str:
    """The name as it is shown: NFC, trimmed, 1 to 32 characters. Raises Refused, invalid_display_name."""
    name = unicodedata.normalize("NFC", text[: 4 * MOST_CODE_POINTS]).strip()
    if not name or len(text) > MOST_CODE_POINTS or len(regex.findall(r"\X", name)) > LONGEST_NAME:
        raise _refused(f"A display name has 1 to {LONGEST_NAME} characters.")
    if _BAD.search(_JOINED.sub("", name)) or not _SEEN.search(name):
        raise _refused("A display name has no control, invisible or direction-changing characters.")
    if _MARKS.search(name):
        raise _refused("A display name has at most three combining marks in a row.")
    return name


def key_hash(secret: str) -> str:
    """What is stored of a server key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _refused(detail: str) -> Refused:
    return Refused(detail, code="invalid_display_name")
